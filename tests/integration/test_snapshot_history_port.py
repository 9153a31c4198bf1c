"""What was: versions, changes and closes, the same in the table and in its twin."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from freshet.domain.days import DayRange
from freshet.domain.errors import InvalidField
from freshet.domain.holdings import Holdings
from freshet.domain.positions import Position
from freshet.domain.snapshot import HoldingsSnapshot, judge
from freshet.domain.spans import ALWAYS, Span, span_of
from freshet.ports import SnapshotHistory
from tests.builders import (
    NEW_YORK,
    NOON,
    USER,
    a_position,
    a_reading,
    an_instrument,
    some_holdings,
    totals_in,
)
from tests.clients import DynamoDB
from tests.integration.stores import Stores, dynamo_stores

ACCOUNT = "acc_1"
OTHERS = "user-2"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AFTERNOON = NOON + 6 * HOUR  # markets are open: what is read then belongs to the day
TODAY = date(2026, 11, 20)


def _holding(units: int, price: str = "10.00") -> Holdings:
    lines = tuple(
        a_position(
            instrument=an_instrument(id=f"i-{number}"), units=Decimal(1), price=Decimal(price)
        )
        for number in range(units)
    )
    return some_holdings(positions=lines)


def _read(stores: Stores, at: datetime, holdings: Holdings) -> HoldingsSnapshot:
    reading = a_reading(
        holdings=holdings, broker_as_of=at, provider_synced_at=at, started_at=at, fetched_at=at
    )
    before = stores.snapshots.latest(USER, ACCOUNT)
    assert stores.snapshots.store(
        USER, ACCOUNT, judge(before, reading, zone=NEW_YORK), before=before
    )
    latest = stores.snapshots.latest(USER, ACCOUNT)
    assert latest is not None
    return latest


@dataclass(frozen=True, slots=True)
class Told:
    """What was read one after the other, and the port that knows it."""

    known: list[HoldingsSnapshot]
    history: SnapshotHistory


@pytest.fixture
def history(stores: Stores) -> Told:
    """Three days: one line, then two, then their prices move, then three lines."""
    known = [
        _read(stores, AFTERNOON - 3 * DAY, _holding(1)),
        _read(stores, AFTERNOON - 2 * DAY, _holding(2)),
        _read(stores, AFTERNOON - 2 * DAY + HOUR, _holding(2, "12.00")),
        _read(stores, AFTERNOON - HOUR, _holding(3)),
    ]
    return Told(known, stores.history)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (AFTERNOON - 4 * DAY, None),
        (AFTERNOON - 3 * DAY, 0),
        (AFTERNOON - 2 * DAY - HOUR, 0),
        (AFTERNOON - 2 * DAY, 1),
        (AFTERNOON - DAY, 1),
        (AFTERNOON, 3),
    ],
)
def test_version_is_the_one_in_force_when_an_instant_is_asked_for(
    history: Told, at: datetime, expected: int | None
) -> None:
    found = history.history.version_at(USER, ACCOUNT, at)
    assert (found and found.version) == (
        None if expected is None else history.known[expected].version
    )
    assert history.history.version_at(OTHERS, ACCOUNT, at) is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [(17, 0), (18, 2), (19, 2), (20, 2), (16, None)],
)
def test_close_is_the_last_state_of_its_day_or_of_the_one_before(
    history: Told, day: int, expected: int | None
) -> None:
    found = history.history.close_on(USER, ACCOUNT, TODAY.replace(day=day))
    if expected is None:
        assert found is None
        return
    then = history.known[expected]
    assert found is not None
    assert found.dates_token == then.dates_token
    assert found.holdings.positions == then.holdings.positions
    assert found.content_hash == then.content_hash
    assert found.holdings.source == ""


def test_versions_are_listed_newest_first_when_paged(history: Told) -> None:
    expected = [history.known[place].version for place in (3, 1, 0)]
    found, mark = [], None
    for _ in expected:
        page, mark = history.history.versions(USER, ACCOUNT, ALWAYS, limit=1, after=mark)
        found += [each.version for each in page]
    assert (found, mark) == (expected, None)
    (newest,), _ = history.history.versions(USER, ACCOUNT, ALWAYS, limit=1, after=None)
    assert (newest.line_count, [each.positions for each in newest.totals or ()]) == (
        3,
        [Decimal("30.00")],
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (DayRange(first=TODAY), [3]),
        (DayRange(before=TODAY), [1, 0]),
        (DayRange(first=TODAY - 2 * DAY, before=TODAY - DAY), [1]),
        (DayRange(first=TODAY + DAY), []),
    ],
)
def test_versions_and_changes_are_those_of_the_days_asked_for(
    history: Told, days: DayRange, expected: list[int]
) -> None:
    span = span_of(days, NEW_YORK)
    versions, _ = history.history.versions(USER, ACCOUNT, span, limit=9, after=None)
    changes, _ = history.history.changes(USER, ACCOUNT, span, limit=9, after=None)
    names = [history.known[place].version for place in expected]
    assert [each.version for each in versions] == names
    # The first version of all changes nothing.
    assert [each.version for each in changes] == [
        name for name in names if name != history.known[0].version
    ]


def test_changes_are_told_once_each_when_paged_in_the_middle_of_a_version(stores: Stores) -> None:
    _read(stores, AFTERNOON - DAY, _holding(1))
    _read(stores, AFTERNOON, _holding(8))
    found: list[str | None] = []
    mark, pages = None, 0
    while True:
        page, mark = stores.history.changes(USER, ACCOUNT, ALWAYS, limit=3, after=mark)
        lines = [each.change.after for each in page]
        found += [each.instrument.id for each in lines if isinstance(each, Position)]
        pages += 1
        if mark is None:
            break
    assert (sorted(map(str, found)), pages) == ([f"i-{number}" for number in range(1, 8)], 3)


def test_change_is_exact_before_and_after(stores: Stores) -> None:
    first = _read(stores, AFTERNOON - DAY, some_holdings())
    more = a_position(units=Decimal("12.50000000001"), cost_per_unit=None)
    second = _read(stores, AFTERNOON, some_holdings(positions=(more,)))
    (change,), _ = stores.history.changes(USER, ACCOUNT, ALWAYS, limit=9, after=None)
    assert (change.version, change.changed_at) == (second.version, second.changed_at)
    assert repr(change.change.before) == repr(first.holdings.positions[0])
    assert repr(change.change.after) == repr(more)


def test_closes_are_listed_newest_first_and_no_day_is_closed_twice(history: Told) -> None:
    closes, has_more = history.history.closes(USER, ACCOUNT, until=TODAY, limit=1)
    assert ([each.day for each in closes], has_more) == ([TODAY - 2 * DAY], True)
    closes, has_more = history.history.closes(USER, ACCOUNT, until=TODAY, limit=9)
    assert [each.day for each in closes] == [TODAY - 2 * DAY, TODAY - 3 * DAY]
    assert not has_more
    assert closes[0].totals == totals_in(history.known[2].holdings)
    earlier, _ = history.history.closes(USER, ACCOUNT, until=TODAY - 3 * DAY, limit=9)
    assert [each.day for each in earlier] == [TODAY - 3 * DAY]


def test_close_knows_until_when_it_was_confirmed(stores: Stores) -> None:
    friday = AFTERNOON - 7 * DAY
    _read(stores, friday, _holding(1))
    reading = a_reading(
        holdings=_holding(1),
        broker_as_of=friday,
        provider_synced_at=friday,
        started_at=friday + 2 * DAY,
        fetched_at=friday + 2 * DAY,
    )
    before = stores.snapshots.latest(USER, ACCOUNT)
    assert stores.snapshots.store(
        USER, ACCOUNT, judge(before, reading, zone=NEW_YORK), before=before
    )
    _read(stores, AFTERNOON, _holding(1))
    (close,), _ = stores.history.closes(USER, ACCOUNT, until=TODAY, limit=9)
    assert (close.day, close.seen_on) == (friday.date(), friday.date() + 2 * DAY)


def test_nothing_is_there_for_others_when_everything_is_asked(history: Told) -> None:
    assert history.history.close_on(OTHERS, ACCOUNT, TODAY) is None
    assert history.history.closes(OTHERS, ACCOUNT, until=TODAY, limit=9) == ([], False)
    assert history.history.versions(OTHERS, ACCOUNT, ALWAYS, limit=9, after=None) == ([], None)
    assert history.history.changes(OTHERS, ACCOUNT, ALWAYS, limit=9, after=None) == ([], None)


def test_version_is_gone_when_it_has_expired_and_not_been_swept_yet(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    old = AFTERNOON - 36 * DAY
    _read(stores, old, _holding(1))
    _read(stores, AFTERNOON, _holding(2))
    assert stores.history.version_at(USER, ACCOUNT, old) is None
    versions, _ = stores.history.versions(USER, ACCOUNT, ALWAYS, limit=9, after=None)
    assert [each.line_count for each in versions] == [2]
    assert stores.history.close_on(USER, ACCOUNT, TODAY - DAY) is not None


def test_later_closes_of_a_month_lean_on_the_first_when_that_is_smaller(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    for day in range(4):
        _read(stores, AFTERNOON - (4 - day) * DAY, _holding(40, f"1{day}.00"))
    rows = [
        row
        for row in dynamodb.scan(TableName="snapshots")["Items"]
        if row["SK"]["S"].startswith("CLOSE#")
    ]
    assert [row.get("base", {}).get("S") for row in rows] == [None, "2026-11-16", "2026-11-16"]
    assert len(rows[1]["document"]["B"]) < len(rows[0]["document"]["B"])
    for day in range(3):
        found = stores.history.close_on(USER, ACCOUNT, date(2026, 11, 16 + day))
        assert found is not None
        assert {each.price for each in found.holdings.positions} == {Decimal(f"1{day}.00")}


def test_cursor_is_refused_when_its_place_is_no_number(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    with pytest.raises(InvalidField, match="cursor"):
        stores.history.changes(USER, ACCOUNT, Span(), limit=9, after="CHANGE#x@y")
