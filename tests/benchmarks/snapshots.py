"""What stored holdings take: bytes, write units and AWS requests, beside the providers' raw JSON.

Rows are written by the real store to moto's table; their sizes are counted as DynamoDB counts.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import replace
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import boto3
import pytest
from moto import mock_aws
from rich.console import Console
from rich.table import Table as RichTable

from freshet.adapters.dynamodb.snapshot_store import DynamoSnapshotStore
from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
from freshet.adapters.dynamodb.table import Table
from freshet.domain.holdings import Holdings
from freshet.domain.snapshot import HoldingsReading, judge
from freshet.observability import logger
from tests.benchmarks.answers import Served, plaid_holdings, snaptrade_holdings
from tests.benchmarks.figures import keep
from tests.benchmarks.readers import our_plaid, our_snaptrade
from tests.benchmarks.units import row_size, write_units
from tests.builders import NEW_YORK
from tests.tables import create_tables

SIZES = (10, 60, 300, 3_000, 10_000)
AIMS = {
    "write_units_to_raw_at_60_at_most": 0.1667,
}
TURNOVER = Decimal("0.02")
_DAYS, _LINES = 365, 60
_UNIT = 1024
_USER, _ACCOUNT = "8d1c443e-4b29-582b-85f8-51c7253da87c", "acc_" + "a" * 24
_DAY = timedelta(days=1)
_READERS = {"snaptrade": (snaptrade_holdings, our_snaptrade), "plaid": (plaid_holdings, our_plaid)}


@dataclass(frozen=True, slots=True)
class Stored:
    """One account's newest state as stored, beside what its provider served."""

    provider: str
    positions: int
    raw_bytes: int
    raw_units: int
    bytes: int
    units: int
    rows: int

    @property
    def units_to_raw(self) -> float:
        """Write units as a share of those of the raw JSON."""
        return round(self.units / self.raw_units, 4)


@dataclass(frozen=True, slots=True)
class Year:
    """The closes of one account and year, of which some lines change each day and all prices."""

    positions: int
    days: int
    raw_bytes: int
    close_bytes: int
    with_base: int

    @property
    def to_raw(self) -> float:
        """Bytes as a share of the raw JSON of every day."""
        return round(self.close_bytes / self.raw_bytes, 4)


def main() -> None:
    """Measure, show and write the figures."""
    logger.setLevel(logging.CRITICAL)
    stored = [_stored(provider, count) for provider in _READERS for count in SIZES]
    year = _year()
    _show(stored, year)
    figures = {
        "aims": AIMS,
        "stored": [asdict(each) | {"units_to_raw": each.units_to_raw} for each in stored],
        "year_of_closes": asdict(year) | {"turnover": str(TURNOVER), "to_raw": year.to_raw},
    }
    keep("snapshots", figures)


def _stored(provider: str, count: int) -> Stored:
    serve, reader = _READERS[provider]
    served: Served = serve(count)
    reading: Any = reader(served)()
    raw = sum(len(body) for body in served.bodies.values())
    with _table() as (client, store):
        _store(store, reading)
        assert DynamoSnapshots(Table(client, "snapshots")).latest(_USER, _ACCOUNT)
        rows = [row for row in _rows(client) if "LATEST" in row["SK"]["S"]]
    sizes = [row_size(row) for row in rows]
    return Stored(
        provider=provider,
        positions=count,
        raw_bytes=raw,
        raw_units=write_units(raw),
        bytes=sum(sizes),
        units=sum(map(write_units, sizes)),
        rows=len(rows),
    )


def _year() -> Year:
    random = Random(2026)  # noqa: S311 no secret
    served = snaptrade_holdings(_LINES)
    raw = sum(len(body) for body in served.bodies.values())
    reading: Any = our_snaptrade(served)()
    start = datetime(2026, 1, 1, 21, 0, tzinfo=UTC)
    with _table() as (client, store):
        for day in range(_DAYS + 1):
            at = start + day * _DAY
            holdings = _next_day(reading.holdings, random)
            reading = replace(
                reading,
                holdings=holdings,
                broker_as_of=at,
                provider_synced_at=at,
                started_at=at,
                fetched_at=at,
            )
            _store(store, reading)
        closes = [row for row in _rows(client) if row["SK"]["S"].startswith("CLOSE#")]
    return Year(
        positions=_LINES,
        days=len(closes),
        raw_bytes=raw * len(closes),
        close_bytes=sum(map(row_size, closes)),
        with_base=sum("base" in row for row in closes),
    )


def _next_day(holdings: Holdings, random: Random) -> Holdings:
    """Move every price, and the units of so many lines as the turnover says."""

    def moved(price: Decimal | None) -> Decimal:
        step = Decimal(random.randrange(-300, 300)) / 10_000
        return ((price or Decimal(10)) * (1 + step)).quantize(Decimal("0.01")) + Decimal("0.01")

    lines = [
        replace(
            line,
            price=moved(line.price),
            units=Decimal(random.randrange(1, 10**6)).scaleb(-3)
            if random.random() < TURNOVER
            else line.units,
        )
        for line in holdings.positions
    ]
    return replace(holdings, positions=tuple(lines))


@contextmanager
def _table() -> Iterator[tuple[Any, DynamoSnapshotStore]]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        client = boto3.client("dynamodb", region_name="us-east-1")
        create_tables(client)
        table = Table(client, "snapshots")
        yield client, DynamoSnapshotStore(table, retention=timedelta(days=35), zone=NEW_YORK)


def _store(store: DynamoSnapshotStore, reading: HoldingsReading) -> None:
    before = store.latest(_USER, _ACCOUNT)
    assert store.store(_USER, _ACCOUNT, judge(before, reading, zone=NEW_YORK), before=before)


def _rows(client: Any) -> list[dict[str, Any]]:
    pages = client.get_paginator("scan").paginate(TableName="snapshots")
    return [row for page in pages for row in page["Items"]]


def _show(stored: list[Stored], year: Year) -> None:
    console = Console(width=110)
    table = RichTable(title="One account's newest state in DynamoDB")
    for name in ("provider", "positions", "raw kB", "kB", "rows", "write units", "to raw"):
        table.add_column(name, justify="right")
    for each in stored:
        aim = AIMS["write_units_to_raw_at_60_at_most"] if each.positions == _LINES else None
        ratio = f"{each.units_to_raw:.3f}" + (f" (aim ≤ {aim})" if aim else "")
        table.add_row(
            each.provider,
            str(each.positions),
            f"{each.raw_bytes / _UNIT:.1f}",
            f"{each.bytes / _UNIT:.1f}",
            str(each.rows),
            f"{each.units} / {each.raw_units}",
            ratio,
        )
    console.print(table)
    console.print(
        f"A year of closes, {year.positions} positions, {TURNOVER:%} turnover a day: "
        f"{year.close_bytes / _UNIT:.0f} kB, {year.to_raw:.4f} of {year.days} raw answers; "
        f"{year.with_base} lean on their month's first"
    )
