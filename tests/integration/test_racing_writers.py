"""Two writers race on one account: no torn version, no twin, and `latest` is right (promise 5)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from freshet.domain.snapshot import HoldingsReading, judge
from freshet.domain.spans import ALWAYS
from tests.builders import NOON, USER, a_position, a_reading, an_account, some_holdings
from tests.integration.one_at_a_time import OneAtATime
from tests.integration.stores import Stores, dynamo_stores

ACCOUNT = an_account().id
MINUTE = timedelta(minutes=1)
WRITERS, READINGS = 4, 24


def _reading(number: int) -> HoldingsReading:
    # Some are too large for a row; the same content comes again and again, at other prices.
    units, price = Decimal(1 + number % 3), Decimal(100 + number)
    source = Random(number).randbytes(200_000).hex() if number % 5 == 0 else f'"{number}"'  # noqa: S311
    at = NOON + number * MINUTE
    return a_reading(
        holdings=some_holdings(positions=(a_position(units=units, price=price),), source=source),
        broker_as_of=at,
        started_at=at,
        fetched_at=at,
    )


def _race(stores: Stores, readings: list[HoldingsReading]) -> None:
    start = threading.Barrier(WRITERS)

    def write(mine: list[HoldingsReading]) -> None:
        start.wait(timeout=30)
        for reading in mine:
            while True:
                before = stores.snapshots.latest(USER, ACCOUNT)
                if stores.snapshots.store(USER, ACCOUNT, judge(before, reading), before=before):
                    break

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, (readings[number::WRITERS] for number in range(WRITERS))))


@pytest.mark.parametrize("seed", range(3))
def test_newest_wins_and_every_version_is_whole_when_writers_race(dynamodb: Any, seed: int) -> None:
    stores = dynamo_stores(OneAtATime(dynamodb))
    readings = [_reading(number) for number in range(READINGS)]
    Random(seed).shuffle(readings)  # noqa: S311 no secret
    _race(stores, readings)

    newest = max(readings, key=lambda each: each.token)
    latest = stores.snapshots.latest(USER, ACCOUNT)
    assert latest is not None
    assert (latest.dates_token, latest.holdings) == (newest.token, newest.holdings)
    by_token = {each.token: each for each in readings}
    versions, mark = stores.history.versions(USER, ACCOUNT, ALWAYS, limit=100, after=None)
    assert mark is None
    names = [each.version for each in versions]
    assert len(set(names)) == len(names)
    before = None
    for name in reversed(names):
        read = by_token[name]
        kept = stores.history.version_at(USER, ACCOUNT, read.data_as_of)
        assert kept is not None
        assert kept.holdings == read.holdings
        # No twin: each version differs from the one before it.
        assert kept.content_hash != before
        before = kept.content_hash
    assert before == latest.content_hash


def test_changes_lead_from_one_version_to_the_next_after_a_race(dynamodb: Any) -> None:
    stores = dynamo_stores(OneAtATime(dynamodb))
    _race(stores, [_reading(number) for number in range(READINGS)])
    changes, _ = stores.history.changes(USER, ACCOUNT, ALWAYS, limit=100, after=None)
    versions, _ = stores.history.versions(USER, ACCOUNT, ALWAYS, limit=100, after=None)
    units = [each.change.after.units for each in reversed(changes)]
    assert [each.version for each in changes] == [each.version for each in versions][:-1]
    befores = [each.change.before.units for each in reversed(changes)]
    assert befores[1:] == units[:-1]
