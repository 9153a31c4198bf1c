"""Stretches of time: the start belongs to them, the end does not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from freshet.domain.days import DayRange


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant until before another; None is open."""

    start: datetime | None = None
    end: datetime | None = None


ALWAYS = Span()


def span_of(days: DayRange, zone: tzinfo) -> Span:
    """Say when days begin and end in a time zone."""
    return Span(_midnight(days.first, zone), _midnight(days.before, zone))


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone).astimezone(UTC)
