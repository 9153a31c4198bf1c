"""Waiting for what other processes do, up to a deadline; who asks judges what was seen last."""

import time
from collections.abc import Callable

_PAUSE_SECONDS = 0.2


def awaited[Seen](
    look: Callable[[], Seen], *, until: Callable[[Seen], bool], seconds: float = 30.0
) -> Seen:
    """Give the first that satisfies, or the last that was seen."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if until(seen) or time.monotonic() > deadline:
            return seen
        time.sleep(_PAUSE_SECONDS)
