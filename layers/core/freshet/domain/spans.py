"""Stretches of time: the start belongs to them, the end does not."""

from datetime import UTC, date, datetime, time, tzinfo

from msgspec import Struct

from freshet.domain.days import DayRange


class Span(Struct, frozen=True):
    """From an instant until before another; None is open."""

    start: datetime | None = None
    end: datetime | None = None


ALWAYS = Span()


def span_of(days: DayRange, zone: tzinfo) -> Span:
    """Say when days begin and end in a time zone."""
    first, before = days.first, days.before
    return Span(
        None if first is None else start_of(first, zone),
        None if before is None else start_of(before, zone),
    )


def start_of(day: date, zone: tzinfo) -> datetime:
    """Say when a day begins in a time zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
