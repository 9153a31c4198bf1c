"""Daily closes: what an account was worth at the end of each day, gaps told as gaps."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from freshet.domain.snapshot import SnapshotDates
from freshet.domain.totals import Total

_DAY = timedelta(days=1)


class DailyValuation(Struct, frozen=True, kw_only=True):
    """The last that was known of a day, and the days on which it was still confirmed."""

    day: date
    seen_from: date
    seen_on: date
    data_as_of: datetime
    totals: tuple[Total, ...] | None
    is_partly_unreadable: bool = False


class DayOrigin(StrEnum):
    """Where the value of a day comes from."""

    CLOSE = "close"
    CARRIED = "carried"
    """Looked at on that day, and the provider had nothing newer: a weekend, a holiday."""
    GAP = "gap"
    """Unknown: no read succeeded."""


class Day(Struct, frozen=True):
    """One day of an account's history; a gap has no close."""

    day: date
    origin: DayOrigin
    close: DailyValuation | None


def closing_day(before: SnapshotDates | None, after: SnapshotDates | None) -> date | None:
    """Say which day ends when one state follows another, if any does."""
    if before is None or after is None or after.day <= before.day:
        return None
    return before.day


def days_between(closes: Sequence[DailyValuation], first: date, last: date) -> Iterator[Day]:
    """Tell every day from `last` back to `first`; the closes come newest first.

    Nothing is interpolated: a day has its own close, carries an earlier one, or is a gap. Before
    the first close of all there are no days.
    """
    older = iter(closes)
    close = next(older, None)
    day = last
    while day >= first:
        while close is not None and close.day > day:
            close = next(older, None)
        if close is None:
            return
        yield _day(day, close)
        day -= _DAY


def _day(day: date, close: DailyValuation) -> Day:
    if close.day == day:
        return Day(day, DayOrigin.CLOSE, close)
    if close.seen_from <= day <= close.seen_on:
        return Day(day, DayOrigin.CARRIED, close)
    return Day(day, DayOrigin.GAP, None)
