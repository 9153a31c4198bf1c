"""Holdings that are too large for one row: whole, or not to be seen."""

from collections import Counter
from contextlib import suppress
from copy import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from freshet.domain.errors import SnapshotTooLarge
from freshet.domain.holdings import Line
from freshet.domain.positions import Position
from freshet.domain.snapshot import HoldingsReading, HoldingsSnapshot, judge
from freshet.domain.spans import ALWAYS
from tests.builders import (
    NEW_YORK,
    NOON,
    USER,
    a_position,
    a_reading,
    an_instrument,
    some_holdings,
)
from tests.clients import DynamoDB
from tests.depth import many
from tests.integration.dying_client import Died, dying
from tests.integration.stores import RETENTION, Stores, dynamo_stores

ACCOUNT = "acc_1"
KILOBYTE = 1024
HOUR = timedelta(hours=1)


def _digits(seed: int, kilobytes: int = 500) -> str:
    """A source that hardly compresses: half a byte of each digit is left."""
    return Random(seed).randbytes(kilobytes * KILOBYTE).hex()  # noqa: S311 no secret


def _large(seed: int, **changes: Any) -> HoldingsReading:
    holdings = some_holdings(source=_digits(seed), balances=(), **changes)
    return a_reading(holdings=holdings, broker_as_of=NOON + seed * HOUR, fetched_at=NOON + 9 * HOUR)


def _store(stores: Stores, reading: HoldingsReading) -> HoldingsSnapshot:
    before = stores.snapshots.latest(USER, ACCOUNT)
    assert stores.snapshots.store(
        USER, ACCOUNT, judge(before, reading, zone=NEW_YORK), before=before
    )
    latest = stores.snapshots.latest(USER, ACCOUNT)
    assert latest is not None
    return latest


def _rows(dynamodb: DynamoDB, prefix: str) -> dict[str, Any]:
    pages = dynamodb.get_paginator("scan").paginate(TableName="snapshots")
    rows = (row for page in pages for row in page["Items"])
    return {row["SK"]["S"]: row for row in rows if row["SK"]["S"].startswith(prefix)}


def test_document_comes_back_whole_when_it_needs_several_rows(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    reading = _large(1)
    latest = _store(stores, reading)
    assert latest.holdings == reading.holdings
    assert stores.shown.latest_of(USER, [ACCOUNT])[ACCOUNT] == latest
    assert stores.history.version_at(USER, ACCOUNT, NOON + HOUR) == latest
    assert len(_rows(dynamodb, "PART#LATEST#")) > 1


def test_thousands_of_positions_come_back_when_they_are_stored(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    random = Random(3)  # noqa: S311 no secret
    lines = tuple(
        a_position(
            instrument=an_instrument(id=random.randbytes(16).hex(), symbol=f"S{number}"),
            units=Decimal(random.randrange(10**9)).scaleb(-4),
            price=Decimal(random.randrange(10**6)).scaleb(-2),
        )
        for number in range(many(in_gate=4_000, deep=10_000))
    )
    latest = _store(stores, a_reading(holdings=some_holdings(positions=lines)))
    assert latest.holdings.positions == lines


def test_many_changes_are_listed_once_each_when_everything_is_sold(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    lines = tuple(
        a_position(instrument=an_instrument(id=f"i-{number}"))
        for number in range(many(in_gate=6_000, deep=21_000))
    )
    _store(stores, a_reading(holdings=some_holdings(positions=lines)))
    sold = some_holdings(positions=(a_position(units=Decimal(1)),))
    _store(stores, a_reading(holdings=sold, broker_as_of=NOON))
    found: list[Line | None] = []
    mark = None
    while True:
        page, mark = stores.history.changes(USER, ACCOUNT, ALWAYS, limit=500, after=mark)
        found += [each.change.before for each in page]
        if mark is None:
            break
    closed = [each.instrument.id for each in found if isinstance(each, Position)]
    assert Counter(closed) == Counter(line.instrument.id for line in lines)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("died_after", range(8))
def test_old_latest_stays_readable_when_a_writer_dies_after_any_write(
    dynamodb: DynamoDB, died_after: int
) -> None:
    stores = dynamo_stores(dynamodb)
    before = _store(stores, _large(1))
    larger = _large(2, positions=(a_position(units=Decimal(7)),))
    mortal = dynamo_stores(dying(dynamodb, writes=died_after))
    with suppress(Died):
        mortal.snapshots.store(USER, ACCOUNT, judge(before, larger, zone=NEW_YORK), before=before)
    now = stores.snapshots.latest(USER, ACCOUNT)
    assert now is not None
    is_through = now != before
    expected = larger.holdings if is_through else before.holdings
    assert now.holdings == expected
    versions, _ = stores.history.versions(USER, ACCOUNT, ALWAYS, limit=10, after=None)
    assert len(versions) == 1 + is_through
    # Whoever comes next is not held up by what the dead one left behind.
    assert _store(stores, _large(3)).holdings == _large(3).holdings


def test_slower_of_two_writers_leaves_nothing_torn_when_both_store(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    before = _store(stores, _large(1))
    first, second = _large(2), replace(_large(2), holdings=_large(3).holdings)
    assert stores.snapshots.store(USER, ACCOUNT, judge(before, first, zone=NEW_YORK), before=before)
    assert not stores.snapshots.store(
        USER, ACCOUNT, judge(before, second, zone=NEW_YORK), before=before
    )
    latest = stores.snapshots.latest(USER, ACCOUNT)
    assert latest is not None
    assert latest.holdings == first.holdings


def test_parts_expire_only_when_a_later_document_has_taken_their_place(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    _store(stores, _large(1))
    assert not any("expires_at" in row for row in _rows(dynamodb, "PART#LATEST#").values())
    latest = _store(stores, _large(2))
    expiring = {name: "expires_at" in row for name, row in _rows(dynamodb, "PART#LATEST#").items()}
    assert {name for name, is_old in expiring.items() if not is_old} == {
        name for name in expiring if latest.dates_token in name
    }
    assert any(expiring.values())
    of_version = _rows(dynamodb, "PART#VERSION#").values()
    later = (NOON + 9 * HOUR + RETENTION + timedelta(days=1)).timestamp()
    assert {row["expires_at"]["N"] for row in of_version} == {str(int(later))}


def test_holdings_beyond_all_measure_are_refused_by_name_and_nothing_is_written(
    dynamodb: DynamoDB,
) -> None:
    stores = dynamo_stores(dynamodb)
    before = _store(stores, a_reading())
    enormous = some_holdings(balances=(), source=_digits(2, kilobytes=7_100))
    larger = a_reading(broker_as_of=NOON, holdings=enormous)
    with pytest.raises(SnapshotTooLarge):
        stores.snapshots.store(USER, ACCOUNT, judge(before, larger, zone=NEW_YORK), before=before)
    assert stores.snapshots.latest(USER, ACCOUNT) == before
