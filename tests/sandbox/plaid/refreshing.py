"""Refreshes: synchronous, possibly slow, billed when they succeed."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.sandbox.plaid.errors import PlaidRefusal
from tests.sandbox.plaid.events import event
from tests.sandbox.plaid.knobs import REFRESH_OUTCOMES
from tests.sandbox.plaid.market import move_market
from tests.sandbox.plaid.models import Account, History, Item
from tests.sandbox.plaid.population import Population
from tests.sandbox.plaid.transactions import dividend
from tests.sandbox.plaid.webhooks import WebhookSender
from tests.sandbox.plaid.world import World
from tests.sandbox.simulation.exact_json import Document
from tests.sandbox.simulation.timers import Timers

# Half of the refreshes take up to the middle, most up to the high mark, a few far longer.
_SPREAD = ((0.5, 0.3, 1.0), (0.95, 1.0, 3.5), (1.0, 10.0, 20.0))


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that is worked out after a pause, and then held back a little."""

    seconds: float
    finish: Callable[[], Document]
    answer_delay_seconds: float = 0


class Refreshing:
    """Goes to the imaginary institution; the caller holds the lock."""

    def __init__(
        self, *, world: World, timers: Timers, population: Population, webhooks: WebhookSender
    ) -> None:
        self._world = world
        self._timers = timers
        self._population = population
        self._webhooks = webhooks
        seed = world.settings.seed
        self._random = random.Random(seed)  # noqa: S311 latencies guard nothing

    def refresh(self, item: Item, *, request_id: str) -> Later:
        """Refuse at once, or contact the institution for as long as that takes."""
        knobs = self._world.knobs
        self._check_entitled(item)
        if item.error is not None:
            raise item.error
        if item.history is History.RUNNING:
            raise PlaidRefusal("PRODUCT_NOT_READY")
        if not item.institution.is_refreshable:
            raise PlaidRefusal("PRODUCTS_NOT_SUPPORTED", '["investments_refresh"]')
        return Later(
            self._latency_seconds(item),
            lambda: self._finish(item, request_id),
            knobs.refresh_answer_delay_seconds,
        )

    def replace_holdings(self, account_id: str, changes: dict[str, Any]) -> None:
        """Put other holdings and securities in an account; `advance` moves the Item's date."""
        item, account = self._world.account(account_id)
        before = {held["security_id"] for held in account.holdings}
        for document in changes.get("securities", []):
            item.securities[document["security_id"]] = dict(document)
        if "holdings" in changes:
            account.holdings = [dict(held) for held in changes["holdings"]]
            new = sum(held["security_id"] not in before for held in account.holdings)
            item.unreported.new_holdings += new
            item.unreported.updated_holdings += len(account.holdings) - new
        if changes.get("advance", True):
            item.last_successful_update = self._world.now()
        if changes.get("announce", False):
            self._population.announce(item, "HOLDINGS", "DEFAULT_UPDATE")

    def _check_entitled(self, item: Item) -> None:
        if not self._world.knobs.refresh_entitled:
            raise PlaidRefusal("INVALID_PRODUCT", '["investments_refresh"]')
        if "investments" not in item.products:
            raise PlaidRefusal("PRODUCT_NOT_ENABLED")

    def _latency_seconds(self, item: Item) -> float:
        knobs = self._world.knobs
        if item.institution.is_slow:
            return knobs.slow_institution_seconds
        if knobs.refresh_latency_style == "fixed":
            return knobs.refresh_latency_seconds
        drawn = self._random.random()
        low, high = next((low, high) for share, low, high in _SPREAD if drawn <= share)
        return knobs.refresh_latency_seconds * self._random.uniform(low, high)

    def _finish(self, item: Item, request_id: str) -> Document:
        world, outcome = self._world, self._world.knobs.refresh_outcome
        if item.id not in world.items:
            raise PlaidRefusal("ITEM_CONCURRENTLY_DELETED")
        error = item.institution.refresh_error
        if error is None and outcome not in REFRESH_OUTCOMES:
            error = outcome
        if error is not None:
            item.last_failed_update = world.now()
            if error == "ITEM_LOGIN_REQUIRED":
                self._population.break_item(item, PlaidRefusal(error))
            raise PlaidRefusal(error)
        world.charge(item, request_id=request_id)
        if outcome != "stalled":
            item.last_successful_update = world.now()
        if outcome == "changed":
            self._change(item)
        return {}

    def _change(self, item: Item) -> None:
        delay_seconds = self._world.knobs.refresh_data_delay_seconds
        if delay_seconds:
            self._timers.after(delay_seconds, lambda: self._apply_change(item))
        else:
            self._apply_change(item)

    def _apply_change(self, item: Item) -> None:
        world = self._world
        with world.changing():
            item.revision += 1
            for account in item.accounts:
                if account.type == "investment" and account.holdings:
                    self._change_account(item, account)
            self._announce(item)

    def _change_account(self, item: Item, account: Account) -> None:
        changed = move_market(account, item.securities, revision=item.revision)
        item.unreported.updated_holdings += changed
        today = self._world.now().date()
        paid = dividend(account, paid_on=today, revision=item.revision)
        account.transactions.insert(0, paid)
        item.unreported.new_transactions += 1

    def _announce(self, item: Item) -> None:
        knobs, types = self._world.knobs, ["HOLDINGS"]
        # The subscription to transactions is what their first read has added.
        is_subscribed = "investments_transactions" in {
            each.product for each in self._world.subscriptions if each.item_id == item.id
        }
        wanted = knobs.transactions_webhook
        if wanted == "always" or (wanted == "subscribed" and is_subscribed):
            types.append("INVESTMENTS_TRANSACTIONS")
        for webhook_type in types:
            document = event(self._world, item, webhook_type, "DEFAULT_UPDATE")
            self._webhooks.send(item, document, delay_seconds=knobs.webhook_delay_seconds)
