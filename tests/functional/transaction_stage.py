"""A SnapTrade account whose activities a test writes itself, and everybody who reads them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet import wiring
from tests.builders import NOON
from tests.functional.moving_time import MovingClock, set_clock
from tests.functional.stopping import Steps
from tests.functional.world import World, a_world
from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.control_answers import SimulatedConnection
from tests.simulators.snaptrade.models import Account

UPDATED = "ACCOUNT_TRANSACTIONS_UPDATED"
LOADED = "ACCOUNT_TRANSACTIONS_INITIAL_UPDATE"
YESTERDAY = NOON.date() - timedelta(days=1)


@dataclass(slots=True)
class Stage:
    """One connection with one account, linked and read; `account_id` is ours."""

    world: World
    clock: MovingClock
    steps: Steps
    connection_id: str = field(init=False)
    account_id: str = field(init=False)
    _at_provider: SimulatedConnection = field(init=False)

    def link(self, *amounts: str, days_ago: int = 1) -> None:
        self.connection_id, self._at_provider = self.world.link(portfolio=["everyday"])
        for amount in amounts:
            self.happen(amount, days_ago=days_ago)
        self.world.work()
        path = f"/v1/connections/{self.connection_id}/accounts"
        (account,) = self.world.call("GET", path).body["items"]
        self.account_id = account["id"]

    @property
    def at_provider(self) -> Account:
        """The account as the provider has it."""
        (account_id,) = self._at_provider.account_ids
        return self.world.simulator.world.accounts[account_id]

    @property
    def activities(self) -> list[Document]:
        """What the provider has found since its first load."""
        return self.at_provider.activities

    def happen(self, amount: str, *, days_ago: int = 1, **changes: Any) -> Any:
        day = NOON.date() - timedelta(days=days_ago)
        activity = an_activity(day, amount, f"activity-{len(self.activities)}") | changes
        self.activities.append(activity)
        return activity

    def announce(self, kind: str = UPDATED) -> None:
        """Let the provider send a webhook, and deliver it."""
        self.world.simulator.control.send_webhook(self._at_provider.connection_id, kind)
        (received,) = self.world.webhooks(kind, 1)
        assert self.world.deliver(received) == 200

    def shown(self, **query: str) -> Any:
        """Give a page of the API."""
        path = f"/v1/accounts/{self.account_id}/transactions"
        return self.world.call("GET", path, query=query)

    def amounts(self) -> list[str]:
        """Give what the API shows of the last eight days, by amount."""
        first = YESTERDAY - timedelta(days=7)
        items = self.shown(**{"from": first.isoformat(), "limit": "500"}).body["items"]
        return sorted(each["amount"] for each in items if each["type"] == "DIVIDEND")

    def calls(self, operation: str = "activities") -> int:
        """Count what the provider was asked."""
        found = self.world.simulator.control.requests()["operations"].get(operation, {})
        return sum(found.values()) if isinstance(found, dict) else int(found)


def an_activity(day: date, amount: str, name: str) -> dict[str, Any]:
    """A dividend in SnapTrade's shape."""
    return {
        "id": name,
        "symbol": None,
        "option_symbol": None,
        "price": 0,
        "units": 0,
        "amount": Decimal(amount),
        "currency": {"code": "USD"},
        "type": "DIVIDEND",
        "description": "Dividend",
        "trade_date": f"{day}T00:00:00Z",
        "settlement_date": None,
        "fee": 0,
        "external_reference_id": None,
    }


@contextmanager
def a_stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Build a world whose invocations can be stopped, and whose time can pass."""
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock) as world:
        yield Stage(world, clock, Steps(monkeypatch))


@contextmanager
def requests_to(table: str) -> Iterator[list[str]]:
    """Note the requests that functions make to a table in here, by operation."""
    noted: list[str] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        parts = [part for each in params.get("TransactItems", ()) for part in each.values()]
        tables = {part["TableName"] for part in [params, *parts] if "TableName" in part}
        if table in tables | set(params.get("RequestItems", {})):
            noted.append(model.name)

    events = wiring.client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", note)
    try:
        yield noted
    finally:
        events.unregister("provide-client-params.dynamodb", note)
