"""Days: each has its close, carries an earlier one, or is a gap; nothing is made up."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.daily_valuations import (
    DailyValuation,
    DayOrigin,
    closing_day,
    days_between,
)
from freshet.domain.snapshot import first_snapshot
from freshet.domain.totals import Total
from tests.builders import NEW_YORK, NOON, a_reading, a_snapshot

DAY = timedelta(days=1)
FRIDAY = date(2026, 11, 13)


def _close(day: date, *, seen_on: date | None = None) -> DailyValuation:
    worth = Total(
        currency="USD", positions=Decimal(day.toordinal()), cash=Decimal(0), unpriced_positions=0
    )
    as_of = datetime.combine(day, datetime.min.time(), UTC)
    return DailyValuation(
        day=day, seen_from=day, seen_on=seen_on or day, data_as_of=as_of, totals=(worth,)
    )


def test_weekend_carries_friday_and_silence_is_a_gap() -> None:
    monday = FRIDAY + 3 * DAY
    closes = [_close(monday + DAY), _close(FRIDAY, seen_on=FRIDAY + 2 * DAY)]
    days = list(days_between(closes, FRIDAY - DAY, monday + DAY))
    assert [(each.day, str(each.origin)) for each in days] == [
        (monday + DAY, "close"),
        (monday, "gap"),
        (monday - DAY, "carried"),
        (monday - 2 * DAY, "carried"),
        (FRIDAY, "close"),
    ]
    assert days[1].close is None
    assert days[2].close == closes[1]


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 6)),
        unique_by=lambda each: each[0],
        max_size=8,
    ),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_every_day_is_told_once_and_only_with_what_was_known(
    known: list[tuple[int, int]], one: int, other: int
) -> None:
    start = date(2026, 11, 1)
    first, last = start + min(one, other) * DAY, start + max(one, other) * DAY
    closes = [
        _close(start + day * DAY, seen_on=start + (day + seen) * DAY)
        for day, seen in sorted(known, reverse=True)
    ]
    days = list(days_between(closes, first, last))
    told = [each.day for each in days]
    oldest = min((each.day for each in closes), default=None)
    expected_from = None if oldest is None else max(first, oldest)
    count = 0 if expected_from is None else max(0, (last - expected_from).days + 1)
    assert told == [last - number * DAY for number in range(count)]
    for each in days:
        own = [close for close in closes if close.day == each.day]
        before = [close for close in closes if close.day <= each.day]
        if own:
            assert (each.origin, each.close) == (DayOrigin.CLOSE, own[0])
        elif before[0].seen_on >= each.day:
            assert (each.origin, each.close) == (DayOrigin.CARRIED, before[0])
        else:
            assert (each.origin, each.close) == (DayOrigin.GAP, None)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("2026-11-20T14:29:59", "2026-11-20T14:30:00", date(2026, 11, 19)),
        ("2026-11-20T14:30:00", "2026-11-21T14:29:59", None),
        ("2026-11-20T14:30:00", "2026-11-25T14:30:00", date(2026, 11, 20)),
        ("2026-11-20T14:30:00", "2026-11-19T14:30:00", None),
    ],
)
def test_day_closes_when_the_markets_open_where_prices_have_no_day(
    before: str, after: str, expected: date | None
) -> None:
    old, new = (
        first_snapshot(
            a_reading(
                broker_as_of=datetime.fromisoformat(text).replace(tzinfo=UTC), fetched_at=LATE
            ),
            zone=NEW_YORK,
        )
        for text in (before, after)
    )
    assert closing_day(old, new) == expected


LATE = NOON + 30 * DAY


def test_no_day_closes_when_there_was_nothing_before() -> None:
    assert closing_day(None, a_snapshot()) is None
    assert closing_day(a_snapshot(), None) is None
