"""The processor stops at every step, its message comes again: it ends as if nothing had been."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from freshet.services.replay_webhooks import replay_connection, replay_event, replay_parked
from tests.unit.crashing import Crash, Crashes, make_mortal
from tests.unit.webhook_day import (
    ADDED,
    ITEM,
    LATE_ITEM,
    OWNED,
    PROVIDERS,
    STRANGE,
    Day,
    What,
)
from tests.unit.webhook_muddle import end_of

Work = Callable[[], Any]
Begin = Callable[[Day], Work]

FEWEST_STEPS = 2


def _hears(name: str, *happenings: What) -> Begin:
    """The last of some events is worked; those before it have been."""

    def begin(day: Day) -> Work:
        events = [day.happen(name, what, number) for number, what in enumerate(happenings)]
        for event in events[:-1]:
            assert event is not None
            day.hear(event)
        day.drain()
        last = events[-1]
        assert last is not None
        return lambda: day.hear(last)

    return begin


def _adopts(day: Day) -> Work:
    """A connection is announced after the first news of it, which are parked."""
    added = day.happen(ADDED, What.CHANGED, 0)
    changed = day.happen(ADDED, What.CHANGED_IN_PART, 1)
    assert added is not None
    assert changed is not None
    day.hear(changed)
    return lambda: day.hear(added)


def _parked(day: Day) -> None:
    for number, what in enumerate([What.CHANGED, What.WARNED, What.RUMOURED]):
        event = day.happen(LATE_ITEM, what, number)
        assert event is not None
        day.hear(event)


def _registers(day: Day) -> Work:
    _parked(day)
    return lambda: day.happen(LATE_ITEM, What.REGISTERED, 9)


def _replays_parked(day: Day) -> Work:
    _parked(day)
    day.add(LATE_ITEM)
    return lambda: replay_parked(PROVIDERS[LATE_ITEM], deps=day.processing)


def _replays_event(day: Day) -> Work:
    _hears(ITEM, What.WARNED)(day)()
    day.drain()
    return lambda: replay_event(PROVIDERS[ITEM], "event-0", deps=day.processing)


def _replays_connection(day: Day) -> Work:
    _hears(OWNED, What.CHANGED)(day)()
    day.drain()
    return lambda: replay_connection(PROVIDERS[OWNED], OWNED, deps=day.processing)


BEGINNINGS = {
    "owned": _hears(OWNED, What.CHANGED),
    "owned-in-part": _hears(OWNED, What.CHANGED, What.CHANGED_IN_PART),
    "broken": _hears(OWNED, What.BROKE),
    "fixed": _hears(OWNED, What.BROKE, What.FIXED),
    "warning": _hears(ITEM, What.WARNED),
    "repair": _hears(ITEM, What.WARNED, What.FIXED),
    "unknown-kind": _hears(ITEM, What.RUMOURED),
    "parked": _hears(STRANGE, What.CHANGED, What.CHANGED),
    "adopted": _adopts,
    "registered": _registers,
    "replayed-event": _replays_event,
    "replayed-connection": _replays_connection,
    "replayed-parked": _replays_parked,
}


class Trial:
    """One run of the work, which dies where it is told to and is then done again."""

    def __init__(self, begin: Begin) -> None:
        self._crashes = Crashes()
        self._day = Day()
        make_mortal(self._day, self._crashes)
        self._work = begin(self._day)
        self._crashes.calls = 0

    def count_steps(self) -> int:
        """Do the work undisturbed; gives how many calls it makes to ports."""
        self._work()
        return self._crashes.calls

    def die_at(self, number: int, *, is_after_effect: bool) -> None:
        """Begin the work and die at one of its steps."""
        self._crashes.planned[number] = is_after_effect
        with pytest.raises(Crash):
            self._work()
        self._crashes.planned.clear()

    def read(self) -> None:
        """What was asked for so far is read before the message comes again."""
        self._day.later(seconds=10)
        self._day.drain()

    def do_again(self) -> None:
        """The message is delivered again, when its visibility timeout is over."""
        self._day.later(minutes=3)
        self._work()

    def end(self) -> dict[str, Any]:
        """What is known once all is quiet, and that nothing is there twice."""
        self._day.settle()
        # Ids of connections and accounts are drawn anew where the first draw was lost.
        versions = Counter(account for _, account, _ in self._day.snapshots.kept)
        numbers = sorted(versions.values()), len(self._day.connections.rows)
        return end_of(self._day) | {"numbers": numbers}


@pytest.mark.sampled(13, by="name")
@pytest.mark.parametrize("is_read_between", [False, True])
@pytest.mark.parametrize("is_after_effect", [False, True])
@pytest.mark.parametrize("name", BEGINNINGS)
def test_same_is_known_in_the_end_when_the_processor_dies_at_any_step(
    name: str, is_after_effect: bool, is_read_between: bool
) -> None:
    whole = Trial(BEGINNINGS[name])
    steps = whole.count_steps()
    assert steps >= FEWEST_STEPS
    expected = whole.end()
    for number in range(steps):
        trial = Trial(BEGINNINGS[name])
        trial.die_at(number, is_after_effect=is_after_effect)
        if is_read_between:
            trial.read()
        trial.do_again()
        assert trial.end() == expected, f"step {number} of {steps}"
