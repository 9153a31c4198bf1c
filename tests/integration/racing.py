"""Writers that race on one account, and what must hold afterwards."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from random import Random

from freshet.domain.snapshot import HoldingsReading, judge
from freshet.domain.spans import ALWAYS
from freshet.ports import SnapshotHistory, SnapshotStore
from tests.builders import (
    NEW_YORK,
    NOON,
    USER,
    a_position,
    a_reading,
    an_account,
    some_holdings,
)
from tests.patience import standstill_seconds

ACCOUNT = an_account().id
MINUTE = timedelta(minutes=1)
WRITERS, READINGS = 4, 24


def a_numbered_reading(number: int) -> HoldingsReading:
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


def race(store: SnapshotStore, readings: list[HoldingsReading]) -> None:
    """Store all of them, several writers at once."""
    start = threading.Barrier(WRITERS)

    def write(mine: list[HoldingsReading]) -> None:
        start.wait(standstill_seconds())
        for reading in mine:
            while True:
                before = store.latest(USER, ACCOUNT)
                if store.store(USER, ACCOUNT, judge(before, reading, zone=NEW_YORK), before=before):
                    break

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, (readings[number::WRITERS] for number in range(WRITERS))))


def demand_untorn(
    store: SnapshotStore, history: SnapshotHistory, readings: list[HoldingsReading]
) -> None:
    """Newest wins, every version is whole, and none is its predecessor's twin."""
    newest = max(readings, key=lambda each: each.token)
    latest = store.latest(USER, ACCOUNT)
    assert latest is not None
    assert (latest.dates_token, latest.holdings) == (newest.token, newest.holdings)
    by_token = {each.token: each for each in readings}
    versions, mark = history.versions(USER, ACCOUNT, ALWAYS, limit=100, after=None)
    assert mark is None
    names = [each.version for each in versions]
    assert len(set(names)) == len(names)
    before = None
    for name in reversed(names):
        read = by_token[name]
        kept = history.version_at(USER, ACCOUNT, read.data_as_of)
        assert kept is not None
        assert kept.holdings == read.holdings
        assert kept.content_hash != before
        before = kept.content_hash
    assert before == latest.content_hash
