"""The endpoints that read and refresh investments."""

from datetime import date

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.answers import (
    account_document,
    holding_documents,
    item_document,
    security_documents,
)
from tests.simulators.plaid.calls import Call, Endpoint
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.extraction import FirstPull
from tests.simulators.plaid.fields import FLAG, NUMBER, REQUIRED_TEXT, TEXTS, Field
from tests.simulators.plaid.later import Later
from tests.simulators.plaid.models import Item
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.refreshing import Refreshing, check_investments
from tests.simulators.plaid.transactions import posted_on
from tests.simulators.plaid.world import World

MAX_PAGE, USUAL_PAGE = 500, 100
_TOKEN = {"access_token": REQUIRED_TEXT}
_ACCOUNTS = {"options": Field(dict, members={"account_ids": TEXTS})}
_PAGE = {"account_ids": TEXTS, "count": NUMBER, "offset": NUMBER, "async_update": FLAG}
_PERIOD = {"start_date": REQUIRED_TEXT, "end_date": REQUIRED_TEXT}


class Investments:
    """One method per endpoint; the caller holds the lock."""

    def __init__(
        self,
        *,
        world: World,
        population: Population,
        first_pull: FirstPull,
        refreshing: Refreshing,
    ) -> None:
        self._world = world
        self._population = population
        self._first_pull = first_pull
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

    def holdings(self, call: Call) -> Document | Later:
        """Return everything held; the first call adds the product, and waits for the data."""
        item = self._with_investments(call)
        seconds = self._first_pull.wait_seconds(item)
        if seconds:
            return Later(seconds, lambda: self._holdings(call))
        return self._holdings(call)

    def transactions(self, call: Call) -> Document | Later:
        """Return one page, newest first; the first call starts a second subscription."""
        start, end = call.day("start_date"), call.day("end_date")
        count, offset = call.option("count", USUAL_PAGE), call.option("offset", 0)
        if not (1 <= count <= MAX_PAGE and offset >= 0):
            raise PlaidRefusal("INVALID_FIELD", "count or offset is out of range")
        if start > end:
            raise PlaidRefusal("INVALID_FIELD", "start_date must not be after end_date")
        item = self._with_investments(call)
        self._world.subscribe(item, "investments_transactions")
        is_async = call.option("async_update", False)
        seconds = self._first_pull.wait_seconds(item, is_async=is_async)
        if seconds:
            return Later(seconds, lambda: self._transactions(call, start, end))
        return self._transactions(call, start, end)

    def accounts(self, call: Call) -> Document:
        """Return the accounts, cached and free."""
        item, knobs = self._readable(call), self._world.knobs
        found = self._account_documents(call, has_margin=False)
        return {"accounts": found, "item": item_document(item, knobs=knobs)}

    def _holdings(self, call: Call) -> Document:
        item, knobs, accounts = call.item, self._world.knobs, call.accounts()
        held = [line for each in accounts for line in holding_documents(each, knobs=knobs)]
        return {
            "accounts": self._account_documents(call, has_margin=True),
            "holdings": held,
            "securities": security_documents(item, held, knobs=knobs),
            "item": item_document(item, knobs=knobs),
            "is_investments_fallback_item": False,
        }

    def _transactions(self, call: Call, start: str, end: str) -> Document:
        item, knobs, accounts = call.item, self._world.knobs, call.accounts()
        count, offset = call.option("count", USUAL_PAGE), call.option("offset", 0)
        first = max(date.fromisoformat(start), self._first_pull.first_day(item)).isoformat()
        found = [t for each in accounts for t in each.transactions if first <= posted_on(t) <= end]
        found.sort(key=posted_on, reverse=True)
        page = found[offset : offset + count]
        return {
            "accounts": self._account_documents(call, has_margin=True),
            "investment_transactions": page,
            "securities": security_documents(item, page, knobs=knobs),
            "total_investment_transactions": len(found),
            "item": item_document(item, knobs=knobs),
            "is_investments_fallback_item": False,
        }

    def _account_documents(self, call: Call, *, has_margin: bool) -> list[Document]:
        securities, knobs = call.item.securities, self._world.knobs
        return [
            account_document(account, securities, knobs=knobs, has_margin=has_margin)
            for account in call.accounts()
        ]

    def _readable(self, call: Call) -> Item:
        item = call.item
        if item.error is not None and self._world.knobs.broken_items == "refuse":
            raise item.error
        if not item.accounts:
            raise PlaidRefusal("NO_ACCOUNTS")
        return item

    def _with_investments(self, call: Call) -> Item:
        is_consented = {"investments"} & {*call.item.products, *call.item.consented}
        if self._world.knobs.consent_enforced and not is_consented:
            raise PlaidRefusal("ADDITIONAL_CONSENT_REQUIRED")
        item = self._readable(call)
        check_investments(item)
        self._population.add_product(item, "investments")
        return item
