"""What a purchase and a read ask of AWS, counted where botocore sends it."""

from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from itertools import count
from typing import Any

import pytest

from tests.functional.moving_time import MovingClock, set_clock
from tests.functional.stopping import Steps
from tests.functional.world import World, a_world

_SERVICES = ("dynamodb", "sqs", "events", "secretsmanager")
_ONE, _TWO = ["everyday"], ["everyday", "trader"]
_MOST_UNCHANGED, _MOST_CHANGED = 4, 6
_MOST_IN_PLACE, _MOST_BY_WORKER = 13, 12


@dataclass(frozen=True, slots=True)
class Asked:
    """The requests of one piece of work in a warm function."""

    work: str
    requests: int
    at_most: int
    kinds: dict[str, int]


class _Counting:
    """A world that is warm, and the counts of what is done in it."""

    def __init__(self, world: World, clock: MovingClock, steps: Steps) -> None:
        self.world, self.clock, self._steps = world, clock, steps
        self._numbers = count()
        self._user_id = ""

    def counted(self, work: Callable[[], object]) -> dict[str, int]:
        """Do a piece of work and count its requests by kind; those to providers are left out."""
        with self._steps.watched() as names:
            work()
        ours = [name for name in names if name.startswith(_SERVICES)]
        return {name: ours.count(name) for name in dict.fromkeys(ours)}

    def purchase_in_place(self) -> dict[str, int]:
        """Buy as the api function does."""
        connection_id, _ = self._linked(_ONE)
        path = f"/v1/connections/{connection_id}/refresh"

        def press() -> None:
            answer = self.world.call("POST", path, user_id=self._user_id)
            assert answer.status == 202, answer

        return self.counted(press)

    def purchase_by_worker(self) -> dict[str, int]:
        """Buy as the worker does, what the planner has asked for."""
        connection_id, _ = self._linked(_ONE, refresh_every="PT24H")
        self.world.plan()
        (command,) = (each for each in self.world.messages("refresh") if connection_id in each)
        return self.counted(lambda: self.world.redeliver("refresh", command))

    def read(self, portfolio: list[str], *, is_changed: bool) -> dict[str, int]:
        """Read a connection that is due, again."""
        connection_id, original = self._linked(portfolio)
        if is_changed:
            for account_id in original.account_ids:
                control = self.world.simulator.control
                control.replace_holdings(account_id, positions=[_POSITION])
        self.clock.advance(days=2)
        self.world.plan()
        (command,) = (each for each in self.world.messages("snapshot") if connection_id in each)
        return self.counted(lambda: self.world.redeliver("snapshot", command))

    def _linked(self, portfolio: list[str], **cadence: str) -> tuple[str, Any]:
        # A user of its own, so that no other connection's reads count for it.
        self._user_id = f"user-{next(self._numbers)}"
        linked = self.world.link(user_id=self._user_id, portfolio=portfolio, **cadence)
        self.world.work()
        return linked


_POSITION = {
    "instrument": {"kind": "stock", "id": "i-1", "symbol": "AAA", "currency": "USD"},
    "units": "3",
    "price": "11",
    "currency": "USD",
}


def asked() -> list[Asked]:
    """Count every piece of work once, after one of its kind has warmed the function up."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        clock = set_clock(patch)
        with a_world(patch, clock=clock) as world:
            counting = _Counting(world, clock, Steps(patch))
            for warm in (counting.purchase_in_place, counting.purchase_by_worker):
                warm()
            return _rows(counting)


def _rows(counting: _Counting) -> list[Asked]:
    unchanged, changed = (
        [counting.read(portfolio, is_changed=is_changed) for portfolio in (_ONE, _TWO)]
        for is_changed in (False, True)
    )
    found: list[tuple[str, int, dict[str, int]]] = [
        ("purchase in place", _MOST_IN_PLACE, counting.purchase_in_place()),
        ("purchase by the worker", _MOST_BY_WORKER, counting.purchase_by_worker()),
        ("read of one account, unchanged", _MOST_UNCHANGED, unchanged[0]),
        ("read of one account, changed", _MOST_CHANGED, changed[0]),
        ("each further account, unchanged", _MOST_UNCHANGED, _more(*unchanged)),
        ("each further account, changed", _MOST_CHANGED, _more(*changed)),
    ]
    return [Asked(work, sum(kinds.values()), most, kinds) for work, most, kinds in found]


def _more(one: dict[str, int], two: dict[str, int]) -> dict[str, int]:
    more = {kind: number - one.get(kind, 0) for kind, number in two.items()}
    return {kind: number for kind, number in more.items() if number}
