"""How long a test waits for what other threads and processes do.

There is no deadline: a wait goes on while something moves, and fails once nothing has moved for a
while. The while is longer on a slow or busy machine, which is told from a known piece of work.
"""

import json
import threading
import time
from collections.abc import Callable

_STANDSTILL_SECONDS = 40.0
"""How long nothing may move where the known work takes its usual time."""
_USUAL_WORK_SECONDS = 0.08
_WORK = [{"units": str(number), "price": number / 7} for number in range(60)]
_ROUNDS = 400
_PAUSE_SECONDS = 0.2
_CIRCLES = 15


def _slowness() -> float:
    """Time the known work: 1 on a usual machine, 3 on one that needs three times as long."""
    started = time.perf_counter()
    for _ in range(_ROUNDS):
        json.loads(json.dumps(_WORK))
    return max(1.0, (time.perf_counter() - started) / _USUAL_WORK_SECONDS)


_slowest = _slowness()


def standstill_seconds() -> float:
    """Give how long nothing may move: by what the machine was like when the tests began."""
    return _STANDSTILL_SECONDS * _slowest


class StoodStill(AssertionError):
    """What was waited for did not come; `seen` is the last that was seen."""

    def __init__(self, seen: object) -> None:
        super().__init__(f"nothing moved for {standstill_seconds():.0f} s: still {seen}")
        self.seen = seen


def eventually[Result](
    look: Callable[[], Result], *, until: Callable[[Result], bool], pause: float = _PAUSE_SECONDS
) -> Result:
    """Give the first result that satisfies; raises StoodStill when it no longer changes.

    A result that goes round in circles is given up after a long while, too.
    """
    seen, started = look(), time.monotonic()
    changed_at = started
    while not until(seen):
        time.sleep(pause)
        before, seen = seen, look()
        now, patience = time.monotonic(), standstill_seconds()
        is_circling = now - started > _CIRCLES * patience
        if seen != before and not is_circling:
            changed_at = now
        elif now - changed_at > patience and not _became_slower():
            raise StoodStill(seen)
    return seen


def wait_for(changed: threading.Condition, condition: Callable[[], bool]) -> bool:
    """Wait while holding the lock; False when it has not been notified for a while."""
    while not condition():
        if not changed.wait(standstill_seconds()) and not _became_slower():
            return condition()
    return True


def _became_slower() -> bool:
    """Before a wait is given up: has the machine become busier than it was?"""
    global _slowest  # noqa: PLW0603 - one machine, one measure
    before, _slowest = _slowest, max(_slowest, _slowness())
    return _slowest > before * 1.25
