"""What each piece of work asks of AWS: requests and units, counted where botocore sends them."""

import logging
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from io import StringIO
from itertools import count
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from freshet import wiring
from freshet.observability import logger
from tests.benchmarks.figures import keep
from tests.benchmarks.units import Meter, Taken
from tests.functional.moving_time import MovingClock, set_clock
from tests.functional.stopping import Steps
from tests.functional.world import Answer, World, a_world

_ONE, _TWO = ["everyday"], ["everyday", "trader"]
_OTHERS = 199
_IDS = {"SK", "id", "connection_id"}
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_SERVICES = ("sqs", "events", "secretsmanager")
_POSITION = {
    "instrument": {"kind": "stock", "id": "i-1", "symbol": "AAA", "currency": "USD"},
    "units": "3",
    "price": "11",
    "currency": "USD",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The requests and units of one piece of work in a warm function."""

    work: str
    requests: int
    requests_at_most: int | None = None
    read_units: int
    write_units: int
    write_units_at_most: int | None = None
    kinds: dict[str, int]


def main() -> None:
    """Count, show and write the figures."""
    logger.setLevel(logging.CRITICAL)
    pieces = asked()
    table = Table(title="What work asks of AWS, warm")
    table.add_column("work")
    for name in ("requests", "read units", "write units"):
        table.add_column(name, justify="right")
    table.add_column("of which")
    for each in pieces:
        kinds = ", ".join(f"{number} {kind}" for kind, number in each.kinds.items())
        requests = _beside(each.requests, each.requests_at_most)
        units = _beside(each.write_units, each.write_units_at_most)
        table.add_row(each.work, requests, str(each.read_units), units, kinds)
    Console(width=140).print(table)
    keep("requests", {"pieces": [asdict(each) for each in pieces]})


def asked() -> list[Asked]:
    """Count every piece of work once, after one of its kind has warmed the function up."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        clock = set_clock(patch)
        with a_world(patch, clock=clock) as world:
            counting = _Counting(world, clock, Steps(patch))
            for warm in (counting.purchase_in_place, counting.purchase_by_worker):
                warm()
            return list(_rows(counting))


class _Counting:
    """A world that is warm, and the counts of what is done in it."""

    def __init__(self, world: World, clock: MovingClock, steps: Steps) -> None:
        self.world, self.clock, self._steps = world, clock, steps
        self._meter = Meter(wiring.client("dynamodb"), world.dynamodb)
        self._numbers = count()
        self.user_id = ""

    def counted(self, work: Callable[[], object]) -> Taken:
        """Do a piece of work and count its requests by kind; those to providers are left out."""
        with self._steps.watched() as names, self._meter.watching() as taken:
            work()
        for name in names:
            service, _, operation = name.partition(" ")
            if service in _SERVICES:
                taken.kinds[operation] += 1
        return taken

    def purchase_in_place(self) -> Taken:
        """Buy as the api function does."""
        connection_id, _ = self.linked(_ONE)
        path = f"/v1/connections/{connection_id}/refresh"
        return self.counted(lambda: self._demanded(202, "POST", path))

    def purchase_by_worker(self) -> Taken:
        """Buy as the worker does, what the planner has asked for."""
        connection_id, _ = self.linked(_ONE, refresh_every="PT24H")
        self.world.plan()
        (command,) = (each for each in self.world.messages("refresh") if connection_id in each)
        return self.counted(lambda: self.world.redeliver("refresh", command))

    def read(self, portfolio: list[str], *, is_changed: bool, others: int = 0) -> Taken:
        """Read a connection that is due, again."""
        connection_id, original = self.linked(portfolio)
        self._crowd(others)
        if is_changed:
            for account_id in original.account_ids:
                control = self.world.simulator.control
                control.replace_holdings(account_id, positions=[_POSITION])
        self.clock.advance(days=2)
        self.world.plan()
        commands = self._all_messages("snapshot")
        (command,) = (each for each in commands if connection_id in each)
        return self.counted(lambda: self.world.redeliver("snapshot", command))

    def refresh_everything(self, others: int) -> Taken:
        """Ask for all of a user's connections, of which the daily budget lets some be bought."""
        self.linked(_ONE)
        self._crowd(others)
        self.clock.advance(days=1)
        return self.counted(lambda: self._demanded(202, "POST", "/v1/refreshes"))

    def webhook(self) -> tuple[Taken, Taken]:
        """Process a webhook, and the same once more."""
        _, original = self.linked(_ONE)
        self.world.simulator.control.send_webhook(
            original.connection_id,
            "ACCOUNT_HOLDINGS_UPDATED",
            account_id=original.account_ids[0],
        )
        ours = original.connection_id.encode()
        while ours not in (received := self.world.listener.next("ACCOUNT_HOLDINGS_UPDATED")).body:
            pass  # of an earlier purchase
        assert self.world.deliver(received) == 200
        (body,) = self.world.messages("webhook")
        first = self.counted(lambda: self.world.redeliver("webhook", body))
        self.world.work()
        return first, self.counted(lambda: self.world.redeliver("webhook", body))

    def show(self, path: str) -> Taken:
        """Answer a GET request of the user of the last linked connection."""
        return self.counted(lambda: self._demanded(200, "GET", path))

    def linked(self, portfolio: list[str], **cadence: str) -> tuple[str, Any]:
        """Link a connection for a user of its own, so that no other one's reads count for it."""
        self.user_id = f"user-{next(self._numbers)}"
        linked = self.world.link(user_id=self.user_id, portfolio=portfolio, **cadence)
        self.world.work()
        return linked

    def _crowd(self, others: int) -> None:
        rows = [
            row
            for row in self.world.rows(f"USER#{self.user_id}")
            if row["SK"]["S"].startswith(("CONNECTION#", "ACCOUNT#"))
        ]
        for number in range(others):
            for row in rows:
                copy = {**row, "due_at": {"S": "2099-01-01T00:00:00.000000Z"}}
                for name in _IDS & row.keys():
                    copy[name] = {"S": _numbered(row[name]["S"], number)}
                if "account_ids" in row:
                    ids = (each["S"] for each in row["account_ids"]["L"])
                    copy["account_ids"] = {"L": [{"S": _numbered(each, number)} for each in ids]}
                self.world.dynamodb.put_item(TableName="connections", Item=copy)

    def _demanded(self, status: int, method: str, path: str) -> Answer:
        answer = self.world.call(method, path, user_id=self.user_id)
        assert answer.status == status, answer
        return answer

    def _all_messages(self, queue: str) -> list[str]:
        found: list[str] = []
        while some := self.world.messages(queue):
            found += some
        return found


def _rows(counting: _Counting) -> list[Asked]:
    unchanged, changed = (
        [counting.read(portfolio, is_changed=is_changed) for portfolio in (_ONE, _TWO)]
        for is_changed in (False, True)
    )
    processed, repeated = counting.webhook()
    rows = [
        _row("purchase in place", counting.purchase_in_place(), 10, 26),
        _row("purchase by the worker", counting.purchase_by_worker(), 9, 24),
        _row("read of one account, unchanged", unchanged[0], 8, 10),
        _row("read of one account, changed", changed[0], 11, 22),
        _row("each further account, unchanged", _more(*unchanged), 1, 2),
        _row("each further account, changed", _more(*changed), 2, 14),
        _row("webhook processed", processed, 3, 6),
        _row("webhook repeated", repeated, 3, 6),
    ]
    connection_id, _ = counting.linked(_TWO)
    account = counting.world.call(
        "GET", f"/v1/connections/{connection_id}/accounts", user_id=counting.user_id
    ).body["items"][0]["id"]
    paths = {
        f"/v1/accounts/{account}/holdings": 2,
        "/v1/portfolio": 2,
        "/v1/holdings": 3,
        f"/v1/connections/{connection_id}/accounts": 3,
        "/v1/connections": 2,
    }
    for path, most in paths.items():
        shown = path.replace(account, "{id}").replace(connection_id, "{id}")
        rows.append(_row(f"GET {shown}", counting.show(path), most))
    rows.append(_row("refresh of 200 connections, 8 bought", counting.refresh_everything(199), 40))
    crowded = counting.read(_ONE, is_changed=False, others=_OTHERS)
    rows.append(_row(f"the same beside {_OTHERS} connections", crowded, 8, 10))
    return rows


def _row(work: str, taken: Taken, most: int, most_units: int | None = None) -> Asked:
    return Asked(
        work=work,
        requests=taken.kinds.total(),
        requests_at_most=most,
        read_units=taken.read_units,
        write_units=taken.write_units,
        write_units_at_most=most_units,
        kinds=dict(taken.kinds),
    )


def _numbered(text: str, number: int) -> str:
    """Give an id, or a key that ends in one, that is another for each number."""
    return f"{text[:-2]}{_LETTERS[number // 32]}{_LETTERS[number % 32]}"


def _more(one: Taken, two: Taken) -> Taken:
    return Taken(
        kinds=two.kinds - one.kinds,
        read_units=two.read_units - one.read_units,
        write_units=two.write_units - one.write_units,
    )


def _beside(number: int, most: int | None) -> str:
    return str(number) if most is None else f"{number} (aim ≤ {most})"
