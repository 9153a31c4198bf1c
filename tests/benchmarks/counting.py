"""A deployment in one process, warm, in which each piece of work is done once and counted."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from freshet import wiring
from freshet.bootstrap import http_api
from freshet.observability import logger
from freshet.wiring import side_by_side
from tests.benchmarks.units import Meter, Taken
from tests.fakes import one_after_another
from tests.functional.moving_time import MovingClock, set_clock
from tests.functional.stopping import Steps
from tests.functional.world import Answer, World, a_world
from tests.simulators.snaptrade.instruments import position, security

POSITIONS = 20
_SERVICES = ("sqs", "events", "secretsmanager")
_IDS = {"SK", "id", "connection_id"}
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_OF_USERS = ("USER#", "ACCOUNT#")
_NEVER = "2099-01-01T00:00:00.000000Z"


@contextmanager
def counting() -> Iterator["Counting"]:
    """Build a world, and warm it up by purchases; nothing is written but to where it is counted."""
    written = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(written), _logging_to(written):
        # The meter follows one request at a time.
        patch.setattr(http_api, side_by_side.__name__, one_after_another)
        clock = set_clock(patch)
        with a_world(patch, clock=clock) as world:
            found = Counting(world, clock, Steps(patch), written)
            for warm in (found.purchase_by_worker, found.webhook_received, found.purchase_in_place):
                warm()
            yield found


@contextmanager
def _logging_to(written: io.StringIO) -> Iterator[None]:
    ours = logging.getLogger(logger.name)
    before, level = ours.handlers, ours.level
    handler = logging.StreamHandler(written)
    handler.setFormatter(logger.registered_formatter)
    ours.handlers = [handler]
    ours.setLevel(logging.INFO)
    try:
        yield
    finally:
        ours.handlers = before
        ours.setLevel(level)


class Counting:
    """A world that is warm, and the counts of what is done in it."""

    def __init__(
        self, world: World, clock: MovingClock, steps: Steps, written: io.StringIO
    ) -> None:
        self.world, self.clock = world, clock
        self._steps, self._written = steps, written
        self._meter = Meter(wiring.client("dynamodb"), world.dynamodb)
        self._numbers = count()
        self._events = 0
        self.user_id = ""
        events = wiring.client("events").meta.events
        events.register("provide-client-params.events.PutEvents", self._put_events)

    def clear(self) -> None:
        """Take out all users, so that nothing of theirs is due any more, and moto stays fast."""
        for table in ("connections", "snapshots"):
            for row in self.world.rows("", table):
                if row["PK"]["S"].startswith(_OF_USERS):
                    key = {name: row[name] for name in ("PK", "SK")}
                    self.world.dynamodb.delete_item(TableName=table, Key=key)

    def counted(self, work: Callable[[], object]) -> Taken:
        """Do a piece of work and count its requests by kind, its calls to providers aside."""
        events, written = self._events, self._written.tell()
        with self._steps.watched() as names, self._meter.watching() as taken:
            work()
        for name in names:
            service, _, operation = name.partition(" ")
            if service in _SERVICES:
                taken.kinds[operation] += 1
            elif service != "dynamodb":
                taken.calls += 1
        taken.events = self._events - events
        taken.log_bytes = len(self._written.getvalue()[written:].encode())
        return taken

    def first_read(self, accounts: int) -> Taken:
        """Register a connection and read it for the first time."""
        return self.counted(lambda: self.linked(accounts))

    def purchase_in_place(self) -> Taken:
        """Buy as the api function does."""
        connection_id, _ = self.linked(1)
        path = f"/v1/connections/{connection_id}/refresh"
        return self.counted(lambda: self._demanded(202, "POST", path))

    def purchase_by_worker(self) -> Taken:
        """Buy as the worker does, what the planner has asked for."""
        connection_id, _ = self.linked(1, refresh_every="PT24H")
        self.world.plan()
        (command,) = (each for each in self._all_messages("refresh") if connection_id in each)
        return self.counted(lambda: self.world.redeliver("refresh", command))

    def read(
        self, accounts: int, *, others: int = 0, positions: int = POSITIONS, **news: Any
    ) -> Taken:
        """Read a connection that is due again, on another day, after some news if there are any."""
        connection_id, original = self.linked(accounts, positions=positions)
        self._crowd(others)
        self.clock.advance(days=2)
        if news:
            self._hold(original.account_ids, positions, **news)
        return self.counted(self._read_as_planned(connection_id))

    def read_twice(self, accounts: int) -> Taken:
        """Read a connection another time on the same day, as its second webhook does."""
        connection_id, original = self.linked(accounts)
        self.clock.advance(days=2)
        self._hold(original.account_ids, price="12")
        self._read_as_planned(connection_id)()
        self.clock.advance(minutes=30)
        self._announce(original)
        self._all_messages("snapshot")
        self.world.redeliver("webhook", self.world.messages("webhook")[0])
        (command,) = self.world.messages("snapshot")
        return self.counted(lambda: self.world.redeliver("snapshot", command))

    def _read_as_planned(self, connection_id: str) -> Callable[[], object]:
        self.world.plan()
        # Not the planner's own message, which may be one of many and come later.
        command = {"user_id": self.user_id, "connection_id": connection_id, "reason": "due"}
        return lambda: self.world.redeliver("snapshot", json.dumps(command))

    def turn(self, due: int) -> Taken:
        """Take the planner's turn with so many connections due."""
        for _ in range(due):
            self.linked(1)
        self.clock.advance(days=2)
        taken = self.counted(self.world.plan)
        self._all_messages("snapshot")
        return taken

    def refresh_everything(self, others: int) -> Taken:
        """Ask for all of a user's connections, of which the daily budget lets some be bought."""
        self.linked(1)
        self._crowd(others)
        self.clock.advance(days=2)
        return self.counted(lambda: self._demanded(202, "POST", "/v1/refreshes"))

    def webhook_received(self) -> Taken:
        """Take in a webhook."""
        _, original = self.linked(1)
        return self.counted(lambda: self._announce(original))

    def webhook_processed(self) -> Taken:
        """Process a webhook."""
        body = self._received()
        return self.counted(lambda: self.world.redeliver("webhook", body))

    def webhook_repeated(self) -> Taken:
        """Process a webhook once more, after what it caused is done."""
        body = self._received()
        self.world.redeliver("webhook", body)
        self.world.work()
        return self.counted(lambda: self.world.redeliver("webhook", body))

    def show(self, path: str, *, others: int = 0) -> Taken:
        """Answer a GET request of a user with one connection of two accounts, the second time."""
        connection_id, _ = self.linked(2)
        self._crowd(others)
        shown = self._demanded(200, "GET", f"/v1/connections/{connection_id}/accounts").body
        path = path.format(connection=connection_id, account=shown["items"][0]["id"])
        self._demanded(200, "GET", path)
        return self.counted(lambda: self._demanded(200, "GET", path))

    def linked(
        self, accounts: int, *, positions: int = POSITIONS, **cadence: str
    ) -> tuple[str, Any]:
        """Link a connection for a user of its own, so that no other one's reads count for it."""
        self.user_id = f"user-{next(self._numbers)}"
        portfolio = ["everyday"] * accounts
        connection_id, original = self.world.link(
            user_id=self.user_id, portfolio=portfolio, **cadence
        )
        self._hold(original.account_ids, positions)
        self.world.work()
        return connection_id, original

    def _hold(
        self,
        account_ids: list[str],
        positions: int = POSITIONS,
        *,
        units: str = "3",
        price: str = "11",
    ) -> None:
        lines = []
        for number in range(positions):
            what = security("stock", f"SYM{number}", f"Some Company {number}")
            moved = str(Decimal(price) + Decimal(number * 7) / 100)
            lines.append(position(what, units if number == 0 else f"{number}.5", moved, "9.25"))
        for account_id in account_ids:
            self.world.simulator.control.replace_holdings(account_id, positions=lines)

    def _received(self) -> str:
        for _ in self.world.messages("webhook"):
            pass  # of an earlier piece of work
        self._announce(self.linked(1)[1])
        (body,) = self.world.messages("webhook")
        return body

    def _announce(self, original: Any) -> None:
        control, account_id = self.world.simulator.control, original.account_ids[0]
        control.send_webhook(
            original.connection_id, "ACCOUNT_HOLDINGS_UPDATED", account_id=account_id
        )
        ours = original.connection_id.encode()
        while ours not in (received := self.world.listener.next("ACCOUNT_HOLDINGS_UPDATED")).body:
            pass  # of an earlier purchase
        assert self.world.deliver(received) == 200

    def _crowd(self, others: int) -> None:
        rows = [
            row
            for row in self.world.rows(f"USER#{self.user_id}")
            if row["SK"]["S"].startswith(("CONNECTION#", "ACCOUNT#"))
        ]
        for number in range(others):
            for row in rows:
                copy = {**row, "due_at": {"S": _NEVER}}
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

    def _put_events(self, params: dict[str, Any], **_: Any) -> None:
        self._events += len(params["Entries"])


def _numbered(text: str, number: int) -> str:
    """Give an id, or a key that ends in one, that is another for each number."""
    return f"{text[:-2]}{_LETTERS[number // 32]}{_LETTERS[number % 32]}"
