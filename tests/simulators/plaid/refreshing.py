"""Refreshes: synchronous, possibly slow, billed when they succeed."""

from tests.simulators.common.exact_json import Document
from tests.simulators.common.timers import Timers
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.events import event
from tests.simulators.plaid.extraction import FirstPull
from tests.simulators.plaid.knobs import REFRESH_OUTCOMES
from tests.simulators.plaid.later import Latency, Later
from tests.simulators.plaid.market import move_market
from tests.simulators.plaid.models import Account, Item
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.transactions import dividend
from tests.simulators.plaid.webhooks import WebhookSender
from tests.simulators.plaid.world import World

_WITHOUT_HOLDINGS = {"depository", "credit", "loan"}


class Refreshing:
    """Goes to the imaginary institution; the caller holds the lock."""

    def __init__(
        self,
        *,
        world: World,
        timers: Timers,
        population: Population,
        first_pull: FirstPull,
        webhooks: WebhookSender,
    ) -> None:
        self._world = world
        self._timers = timers
        self._population = population
        self._webhooks = webhooks
        self._first_pull = first_pull
        self._latency = Latency(world.settings.seed)

    def refresh(self, item: Item, *, request_id: str) -> Later:
        """Refuse at once, or contact the institution for as long as that takes."""
        knobs = self._world.knobs
        self._check_entitled(item)
        if item.error is not None:
            raise item.error
        check_investments(item)
        self._first_pull.check_refreshable(item)
        if not item.institution.is_refreshable:
            raise PlaidRefusal("PRODUCTS_NOT_SUPPORTED", '["investments_refresh"]')
        return Later(
            self._latency_seconds(item),
            lambda: self._finish(item, request_id),
            knobs.refresh_answer_delay_seconds,
        )

    def _check_entitled(self, item: Item) -> None:
        if not self._world.knobs.refresh_entitled:
            raise PlaidRefusal("INVALID_PRODUCT", '["investments_refresh"]')
        if "investments" not in item.products:
            raise PlaidRefusal("PRODUCT_NOT_ENABLED")

    def _latency_seconds(self, item: Item) -> float:
        knobs = self._world.knobs
        if item.institution.is_slow:
            return knobs.slow_institution_seconds
        return self._latency.draw(knobs.refresh_latency_seconds, knobs.refresh_latency_style)

    def _finish(self, item: Item, request_id: str) -> Document:
        world, outcome = self._world, self._world.knobs.refresh_outcome
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
        now, revision = self._world.now(), item.revision
        changed = move_market(account, item.securities, revision=revision, now=now)
        item.unreported.updated_holdings += changed
        paid = dividend(account, paid_on=now.date(), revision=revision)
        account.transactions.insert(0, paid)
        item.unreported.new_transactions += 1

    def _announce(self, item: Item) -> None:
        knobs, types = self._world.knobs, ["HOLDINGS"]
        # The subscription to transactions is what their first read has added.
        ledger = self._world.ledger
        is_subscribed = ledger.is_subscribed(item.id, "investments_transactions")
        wanted = knobs.transactions_webhook
        if wanted == "always" or (wanted == "subscribed" and is_subscribed):
            types.append("INVESTMENTS_TRANSACTIONS")
        for webhook_type in types:
            document = event(self._world, item, webhook_type, "DEFAULT_UPDATE")
            self._webhooks.send(item, document, delay_seconds=knobs.webhook_delay_seconds)


def check_investments(item: Item) -> None:
    """Raise PlaidRefusal for an Item without an account that holds or could hold anything."""
    if not item.accounts:
        raise PlaidRefusal("NO_ACCOUNTS")
    if all(each.type in _WITHOUT_HOLDINGS and not each.holdings for each in item.accounts):
        raise PlaidRefusal("NO_INVESTMENT_ACCOUNTS")
