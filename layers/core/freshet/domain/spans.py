"""Stretches of time: the start belongs to them, the end does not."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant until before another; None is open."""

    start: datetime | None = None
    end: datetime | None = None


ALWAYS = Span()
