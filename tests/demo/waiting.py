"""Waiting for what other processes do; the caller judges what was seen last."""

from collections.abc import Callable
from typing import cast

from tests.patience import StoodStill, eventually


def awaited[Seen](look: Callable[[], Seen], *, until: Callable[[Seen], bool]) -> Seen:
    """Give the first that satisfies, or the last that was seen before nothing moved any more."""
    try:
        return eventually(look, until=until)
    except StoodStill as still:
        return cast(Seen, still.seen)
