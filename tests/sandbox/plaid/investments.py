"""The endpoints that read and refresh investments."""

from tests.sandbox.plaid.answers import (
    account_document,
    holding_documents,
    item_document,
    security_documents,
)
from tests.sandbox.plaid.calls import Call, Endpoint
from tests.sandbox.plaid.errors import PlaidRefusal
from tests.sandbox.plaid.fields import FLAG, LIST, REQUIRED_TEXT, Field
from tests.sandbox.plaid.models import History, Item
from tests.sandbox.plaid.population import Population
from tests.sandbox.plaid.refreshing import Later, Refreshing
from tests.sandbox.plaid.transactions import posted_on
from tests.sandbox.plaid.world import World
from tests.sandbox.simulation.exact_json import Document
from tests.sandbox.simulation.timers import Timers

MAX_PAGE, USUAL_PAGE = 500, 100
_TOKEN = {"access_token": REQUIRED_TEXT}
_ACCOUNTS = {"options": Field(dict, members={"account_ids": LIST})}
_PAGE = {"account_ids": LIST, "count": Field(int), "offset": Field(int), "async_update": FLAG}
_PERIOD = {"start_date": REQUIRED_TEXT, "end_date": REQUIRED_TEXT}


class Investments:
    """One method per endpoint; the caller holds the lock."""

    def __init__(
        self, *, world: World, timers: Timers, population: Population, refreshing: Refreshing
    ) -> None:
        self._world = world
        self._timers = timers
        self._population = population
        self._refreshing = refreshing

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints with their fields."""
        transactions = _TOKEN | _PERIOD | {"options": Field(dict, members=_PAGE)}
        return [
            Endpoint("/investments/refresh", _TOKEN, self.refresh),
            Endpoint("/investments/holdings/get", _TOKEN | _ACCOUNTS, self.holdings),
            Endpoint("/investments/transactions/get", transactions, self.transactions),
            Endpoint("/accounts/get", _TOKEN | _ACCOUNTS, self.accounts),
        ]

    def refresh(self, call: Call) -> Later:
        """Contact the institution; the answer carries no data."""
        return self._refreshing.refresh(call.item, request_id=call.request_id)

    def holdings(self, call: Call) -> Document:
        """Return everything held; the first call adds the product."""
        item, knobs = self._readable(call), self._world.knobs
        self._population.add_product(item, "investments")
        accounts = call.accounts()
        held = [line for each in accounts for line in holding_documents(each, knobs=knobs)]
        return {
            "accounts": [account_document(a, knobs=knobs, has_margin=True) for a in accounts],
            "holdings": held,
            "securities": security_documents(item, held, knobs=knobs),
            "item": item_document(item, knobs=knobs),
            "is_investments_fallback_item": False,
        }

    def transactions(self, call: Call) -> Document:
        """Return one page, newest first; the first call starts a second subscription."""
        item, knobs = self._readable(call), self._world.knobs
        start, end = call.day("start_date"), call.day("end_date")
        count, offset = call.option("count", USUAL_PAGE), call.option("offset", 0)
        if not (1 <= count <= MAX_PAGE and offset >= 0):
            raise PlaidRefusal("INVALID_FIELD", "count or offset is out of range")
        self._population.add_product(item, "investments")
        self._world.subscribe(item, "investments_transactions")
        self._check_history(item, is_async=call.option("async_update", False))
        accounts = call.accounts()
        found = [t for each in accounts for t in each.transactions if start <= posted_on(t) <= end]
        found.sort(key=posted_on, reverse=True)
        page = found[offset : offset + count]
        return {
            "accounts": [account_document(a, knobs=knobs, has_margin=True) for a in accounts],
            "investment_transactions": page,
            "securities": security_documents(item, page, knobs=knobs),
            "total_investment_transactions": len(found),
            "item": item_document(item, knobs=knobs),
            "is_investments_fallback_item": False,
        }

    def accounts(self, call: Call) -> Document:
        """Return the accounts, cached and free."""
        item, knobs = self._readable(call), self._world.knobs
        found = [account_document(a, knobs=knobs, has_margin=False) for a in call.accounts()]
        return {"accounts": found, "item": item_document(item, knobs=knobs)}

    def _readable(self, call: Call) -> Item:
        item = call.item
        if item.error is not None and self._world.knobs.broken_items == "refuse":
            raise item.error
        return item

    def _check_history(self, item: Item, *, is_async: bool) -> None:
        if item.history is History.NONE:
            knobs = self._world.knobs
            if not is_async and knobs.history_mode == "sync":
                item.history = History.READY
                return
            item.history = History.RUNNING
            delay_seconds = knobs.history_delay_seconds
            self._timers.after(delay_seconds, lambda: self._finish_history(item))
        if item.history is History.RUNNING:
            raise PlaidRefusal("PRODUCT_NOT_READY")

    def _finish_history(self, item: Item) -> None:
        with self._world.changing():
            item.history = History.READY
            if item.id in self._world.items:
                webhook_type = "INVESTMENTS_TRANSACTIONS"
                self._population.announce(item, webhook_type, "HISTORICAL_UPDATE")
