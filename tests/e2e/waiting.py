"""Waiting for what other processes do: ask again until it is so, or fail at the deadline."""

import time
from collections.abc import Callable

_PAUSE_SECONDS = 0.2


def eventually[Result](
    look: Callable[[], Result], *, until: Callable[[Result], bool], seconds: float = 30.0
) -> Result:
    """Give the first result that satisfies; raises AssertionError with the last one."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if until(seen):
            return seen
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still {seen}"
        time.sleep(_PAUSE_SECONDS)
