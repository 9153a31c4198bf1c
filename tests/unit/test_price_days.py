"""Whose day's prices a state has: its close belongs to that day, and old prices are told."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.daily_valuations import DailyValuation, closing_day, days_between
from freshet.domain.freshness import FreshnessTargets, freshness_then
from freshet.domain.positions import Numbers, Position
from freshet.domain.price_days import PriceDays, day_of_prices, market_day, price_days_of
from freshet.domain.snapshot import HoldingsSnapshot, judge
from tests.builders import (
    NEW_YORK,
    NOON,
    a_position,
    a_reading,
    a_snapshot,
    an_instrument,
    some_holdings,
)

DAY = timedelta(days=1)
MONDAY = date(2026, 11, 23)
NIGHT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # two in the morning in New York


def _line(day: date | None, *, price: str = "10", **changes: Any) -> Position:
    return a_position(price=Decimal(price), price_day=day, **changes)


def _after(*reads: tuple[datetime, Position]) -> list[HoldingsSnapshot]:
    found: list[HoldingsSnapshot] = []
    for at, line in reads:
        reading = a_reading(
            holdings=some_holdings(positions=(line,)),
            broker_as_of=None,
            provider_synced_at=at,
            started_at=at,
            fetched_at=at,
        )
        outcome = judge(found[-1] if found else None, reading, zone=NEW_YORK)
        assert outcome.latest is not None
        found.append(outcome.latest)
    return found


def _closes(states: Iterable[HoldingsSnapshot]) -> dict[date, Decimal | None]:
    """What each day ends with: the close that is written last, and the open day."""
    closes, before = {}, None
    for state in states:
        day = closing_day(before, state)
        if before is not None and day is not None:
            closes[day] = before.holdings.positions[0].price
        before = state
    assert before is not None
    return closes | {before.day: before.holdings.positions[0].price}


def test_pulls_of_the_night_after_belong_to_the_days_of_their_prices() -> None:
    days = [MONDAY, MONDAY + DAY, MONDAY + 2 * DAY, MONDAY + 4 * DAY]  # Thursday is a holiday
    prices = ["100", "110", "121", "90"]
    states = _after(
        *(
            (NIGHT + (day - MONDAY), _line(day, price=price))
            for day, price in zip(days, prices, strict=True)
        )
    )
    assert _closes(states) == dict(zip(days, map(Decimal, prices), strict=True))


def test_later_read_of_a_day_replaces_its_close_only_before_a_later_day_has_begun() -> None:
    states = _after(
        (NIGHT, _line(MONDAY, price="100")),
        (NIGHT + timedelta(hours=1), _line(MONDAY, price="101")),
        (NIGHT + DAY, _line(MONDAY + DAY, price="110")),
        (NIGHT + DAY + timedelta(hours=1), _line(MONDAY, price="99")),  # prices went back
        (NIGHT + 2 * DAY, _line(MONDAY + 2 * DAY, price="121")),
    )
    assert _closes(states) == {
        MONDAY: Decimal(101),
        MONDAY + DAY: Decimal(99),
        MONDAY + 2 * DAY: Decimal(121),
    }


@pytest.mark.parametrize(
    ("lines", "at", "expected"),
    [
        ([_line(MONDAY), _line(MONDAY - DAY)], NIGHT, MONDAY),
        ([_line(MONDAY + 9 * DAY)], NIGHT, MONDAY),  # no price is newer than the data
        ([_line(MONDAY - DAY), _line(MONDAY + 9 * DAY)], NIGHT, MONDAY - DAY),
        ([_line(None)], NIGHT, MONDAY),
        ([_line(None)], NIGHT.replace(hour=14, minute=29), MONDAY),
        ([_line(None)], NIGHT.replace(hour=14, minute=30), MONDAY + DAY),
        ([], NIGHT, MONDAY),
        (
            [_line(MONDAY - DAY), _line(MONDAY + DAY, cash_equivalent=True)],
            NIGHT,
            MONDAY - DAY,
        ),
        (
            [_line(MONDAY - DAY), _line(MONDAY + DAY, instrument=an_instrument(kind="crypto"))],
            NIGHT,
            MONDAY - DAY,
        ),
        ([_line(MONDAY - DAY), _line(MONDAY, units=None)], NIGHT, MONDAY - DAY),  # counts nothing
        (
            # One in the morning at Greenwich is still Monday evening in New York.
            [_line(None, price_at=datetime(2026, 11, 24, 1, 0, tzinfo=UTC))],
            NIGHT,
            MONDAY,
        ),
    ],
)
def test_day_is_the_newest_of_prices_in_markets(
    lines: list[Position], at: datetime, expected: date
) -> None:
    holdings = some_holdings(positions=tuple(lines))
    assert day_of_prices(holdings, as_of=at, zone=NEW_YORK) == expected


@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 9), st.integers(-50, 50), st.booleans()), max_size=6
    )
)
def test_half_of_the_worth_has_prices_of_that_day_or_older(
    drawn: list[tuple[int | None, int, bool]],
) -> None:
    lines = tuple(
        _line(
            None if day is None else MONDAY + day * DAY,
            price="1",
            units=Decimal(units),
            cash_equivalent=is_cash,
        )
        for day, units, is_cash in drawn
    )
    counted = [(day, abs(units)) for day, units, is_cash in drawn if not is_cash]
    found = price_days_of(some_holdings(positions=lines), NEW_YORK)
    days = [MONDAY + day * DAY for day, _ in counted if day is not None]
    if not days:
        assert found is None
        return
    assert found is not None
    assert (found.oldest, found.newest) == (min(days), max(days))
    whole = sum(units for _, units in counted)
    by_then = {
        day: sum(
            units for each, units in counted if each is not None and MONDAY + each * DAY <= day
        )
        for day in days
    }
    enough = [day for day in sorted(days) if 2 * by_then[day] > whole]
    assert found.half_by == (enough[0] if enough else None)


TARGETS = FreshnessTargets(
    timedelta(hours=26), timedelta(hours=50), prices_old_after=5 * DAY, zone=NEW_YORK
)


@pytest.mark.parametrize(
    ("half_by", "age", "status", "reason"),
    [
        (date(2026, 11, 15), timedelta(), "fresh", None),  # on the 20th, five days old
        (date(2026, 11, 14), timedelta(), "ageing", "prices_old"),
        (date(2024, 3, 1), timedelta(), "ageing", "prices_old"),
        (None, timedelta(), "fresh", None),
        (date(2024, 3, 1), timedelta(hours=27), "ageing", "not_updated_in_time"),
        (date(2024, 3, 1), timedelta(hours=51), "stale", "not_updated_in_time"),
    ],
)
def test_old_prices_are_told_however_new_the_read_is(
    half_by: date | None, age: timedelta, status: str, reason: str | None
) -> None:
    prices = PriceDays(oldest=date(2024, 1, 1), newest=date(2026, 11, 20), half_by=half_by)
    snapshot = a_snapshot(
        broker_as_of=NOON - age, provider_synced_at=NOON - age, fetched_at=NOON, prices=prices
    )
    told = freshness_then(snapshot, targets=TARGETS, then=NOON)
    assert (told.status, told.reason) == (status, reason)
    if status == "fresh" and half_by is not None:
        # A page flips by itself when the day after begins in New York.
        assert told.ageing_at == datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
    never = FreshnessTargets(TARGETS.ageing_after, TARGETS.stale_after)
    by_age = freshness_then(snapshot, targets=never, then=NOON)
    assert by_age.reason in (None, "not_updated_in_time")


def test_unread_line_moves_no_day() -> None:
    first, after, whole = _after(
        (NIGHT, _line(MONDAY, price="10")),
        (NIGHT + DAY, _line(MONDAY + DAY, price="11", numbers=Numbers.UNKNOWN)),
        (NIGHT + DAY + timedelta(hours=1), _line(MONDAY + DAY, price="11")),
    )
    assert after.data_as_of == first.data_as_of
    # Nor does it replace the close of the day before; the next whole read replaces its own.
    assert _closes([first, after, whole]) == {MONDAY: Decimal(10), MONDAY + DAY: Decimal(11)}


def test_nothing_is_known_of_the_days_before_the_first_look() -> None:
    (first,) = _after((NIGHT, _line(date(2024, 3, 1))))
    assert (first.day, first.seen_from) == (MONDAY, MONDAY)


def test_what_is_bought_later_is_not_of_the_day_of_prices_that_stand_still() -> None:
    states = _after(
        *(
            (NIGHT + number * DAY, _line(MONDAY, units=Decimal(10 * (number + 1))))
            for number in range(3)
        )
    )
    assert [each.day for each in states] == [MONDAY, MONDAY + DAY, MONDAY + 2 * DAY]


def test_missed_night_is_a_gap_and_a_look_without_news_is_carried() -> None:
    states = _after(
        (NIGHT, _line(MONDAY)),
        (NIGHT + 2 * DAY, _line(MONDAY + 2 * DAY)),  # nobody looked in the night before
        (NIGHT + 3 * DAY, _line(MONDAY + 2 * DAY)),  # a holiday
        (NIGHT + 4 * DAY, _line(MONDAY + 4 * DAY)),
    )
    closes = [
        DailyValuation(
            day=each.day,
            seen_from=each.seen_from,
            seen_on=market_day(each.fetched_at, NEW_YORK),
            data_as_of=each.data_as_of,
            totals=(),
        )
        for each in (states[0], states[2], states[3])
    ]
    days = days_between(closes[::-1], MONDAY, MONDAY + 4 * DAY)
    assert [str(each.origin) for each in days] == ["close", "carried", "close", "gap", "close"]


def test_prices_that_moved_close_their_own_day_whatever_else_changed() -> None:
    at = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # ten in the morning, prices of the day before
    states = _after(
        *(
            (at + number * DAY, _line(MONDAY + number * DAY, units=Decimal(number + 1)))
            for number in range(3)
        )
    )
    assert [each.day for each in states[1:]] == [MONDAY + DAY, MONDAY + 2 * DAY]
