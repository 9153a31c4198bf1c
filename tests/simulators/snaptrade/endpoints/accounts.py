"""Endpoints of accounts and what they hold."""

from datetime import timedelta

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.activities import all_activities, traded_on
from tests.simulators.snaptrade.answers import (
    account_document,
    balances_document,
    connection_account_document,
    instant,
    positions_document,
)
from tests.simulators.snaptrade.calls import Call
from tests.simulators.snaptrade.features import check_feature, return_rates_document
from tests.simulators.snaptrade.models import Account, Connection
from tests.simulators.snaptrade.newer_balances import newer_balances_document
from tests.simulators.snaptrade.orders import is_executed, orders_of
from tests.simulators.snaptrade.syncing import Syncing
from tests.simulators.snaptrade.world import World

MAX_PAGE = 1000
DEFAULT_DAYS, MAX_DAYS = 30, 90


class AccountEndpoints:
    """One method per endpoint."""

    def __init__(self, *, world: World, syncing: Syncing) -> None:
        self._world = world
        self._syncing = syncing

    def list_accounts(self, call: Call) -> list[Document]:
        """List all accounts of a user in the older shape."""
        knobs = self._world.knobs
        return [account_document(*pair, knobs=knobs) for pair in self._mine(call)]

    def list_newer(self, call: Call) -> Document:
        """List all accounts of a user in the newer shape."""
        knobs, mine = self._world.knobs, self._mine(call)
        return {"results": [connection_account_document(*pair, knobs=knobs) for pair in mine]}

    def get(self, call: Call) -> Document:
        """Return one account in the older shape."""
        return account_document(*self._pair(call), knobs=self._world.knobs)

    def update(self, call: Call) -> list[Document]:
        """Answer an update, in which the provider documents nothing to change."""
        return [self.get(call)]

    def details(self, call: Call) -> Document:
        """Return one account in the newer shape."""
        return connection_account_document(*self._pair(call), knobs=self._world.knobs)

    def positions(self, call: Call) -> Document:
        """Return the positions of an account."""
        return positions_document(self._read(call))

    def balances(self, call: Call) -> list[Document]:
        """Return the balances of an account."""
        return balances_document(self._read(call))

    def balances_v2(self, call: Call) -> Document:
        """Return the balances in the newer shape, for customers that opted in."""
        account = self._read(call)
        check_feature(self._world.knobs, "balances_v2")
        return newer_balances_document(account)

    def orders(self, call: Call) -> list[Document]:
        """Return the orders of the last days."""
        state = call.choice("state", ("all", "open", "executed"))
        days = min(call.whole("days", DEFAULT_DAYS), MAX_DAYS)
        found = self._orders_since(call, timedelta(days=days))
        return [item for item in found if state in {"all", _state(item)}]

    def recent_orders(self, call: Call) -> Document:
        """Return the orders of the last 24 hours."""
        only_executed = call.flag("only_executed", default=True)
        found = self._orders_since(call, timedelta(days=1))
        check_feature(self._world.knobs, "recent_orders")
        return {"orders": [item for item in found if is_executed(item) or not only_executed]}

    def activities(self, call: Call) -> Document:
        """Return one page of activities, newest first."""
        account, connection = self._pair(call)
        start, end = call.day("startDate", "0001-01-01"), call.day("endDate", "9999-12-31")
        kinds = set(filter(None, call.query.get("type", "").split(",")))
        found = [
            item
            for item in all_activities(account, institution=connection.institution.name)
            if start <= traded_on(item) <= end and (not kinds or item["type"] in kinds)
        ]
        found.sort(key=traded_on, reverse=True)
        offset = call.whole("offset", 0)
        limit = min(call.whole("limit", MAX_PAGE) or MAX_PAGE, MAX_PAGE)
        pagination = {"offset": offset, "limit": limit, "total": len(found)}
        return {"data": found[offset : offset + limit], "pagination": pagination}

    def return_rates(self, call: Call) -> Document:
        """Return the rates of return of an account, for customers that have them."""
        self._pair(call)
        check_feature(self._world.knobs, "return_rates")
        return return_rates_document(call, now=self._world.now())

    def _orders_since(self, call: Call, age: timedelta) -> list[Document]:
        since = instant(self._world.now() - age) or ""
        return [item for item in orders_of(self._read(call)) if item["time_placed"] >= since]

    def _mine(self, call: Call) -> list[tuple[Account, Connection]]:
        world = self._world
        mine = world.connections_of(call.user_id)
        return [(account, each) for each in mine for account in world.accounts_of(each.id)]

    def _pair(self, call: Call) -> tuple[Account, Connection]:
        account = self._world.account(call.path["account_id"], user_id=call.user_id)
        return account, self._world.connections[account.connection_id]

    def _read(self, call: Call) -> Account:
        account, connection = self._pair(call)
        self._syncing.read_through(account, connection)
        return account


def _state(order: Document) -> str:
    return "executed" if is_executed(order) else "open"
