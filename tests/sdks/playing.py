"""One row played at two twin desks: by the SDK at the first, by our client at the second."""

import warnings
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from tests.sdks import plaid_rows, snaptrade_rows
from tests.sdks.agreement import Told
from tests.sdks.exchanges import Exchange
from tests.sdks.plaid_desk import plaid_desk
from tests.sdks.rows import Row
from tests.sdks.snaptrade_desk import snaptrade_desk

ROWS: tuple[Row[Any], ...] = (*snaptrade_rows.ROWS, *plaid_rows.ROWS)
OUR_ROWS = tuple(row for row in ROWS if row.ours is not None)
# The SDK's clock is the machine's own, and it signs with it.
_NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class SdkPart:
    """What the SDK asked, what it was answered, and what it made of that."""

    exchanges: list[Exchange]
    told: list[Told]
    request_ids: list[str | None]


@dataclass(frozen=True, slots=True)
class OurPart:
    """What our client asked, what it was answered, and what it gave back."""

    exchanges: list[Exchange]
    given: list[Any]


def each_of(rows: tuple[Row[Any], ...]) -> pytest.MarkDecorator:
    """Run a test once for each row."""
    return pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in rows])


def provider_of(row: Row[Any]) -> str:
    """Say whose operation it is."""
    return "snaptrade" if row in snaptrade_rows.ROWS else "plaid"


@cache
def played_by_sdk(name: str) -> SdkPart:
    """Play the SDK's side."""
    row = _row(name)
    with _desk(row) as desk:
        prepared = row.prepare(desk)
        desk.exchanges.clear()
        answers = row.several(_called(row, desk, prepared))
        exchanges = list(desk.exchanges)
        pairs = list(zip(answers, exchanges, strict=True))
        told = [desk.told(answer, exchange) for answer, exchange in pairs]
        return SdkPart(exchanges, told, [desk.request_id(each) for each in exchanges])


@cache
def played_by_us(name: str) -> OurPart:
    """Play our client's side."""
    row = _row(name)
    assert row.ours is not None
    with _desk(row) as desk:
        prepared = row.prepare(desk)
        desk.exchanges.clear()
        given = row.several(row.ours(desk, prepared))
        return OurPart(list(desk.exchanges), given)


def _called(row: Row[Any], desk: Any, prepared: Any) -> Any:
    if not row.is_deprecated:
        return row.sdk(desk, prepared)
    with warnings.catch_warnings():
        # Deprecated, but served to old customers: that the SDK says so is part of the row.
        warnings.simplefilter("ignore", DeprecationWarning)
        return row.sdk(desk, prepared)


def _row(name: str) -> Row[Any]:
    return next(row for row in ROWS if row.name == name)


def _desk(row: Row[Any]) -> AbstractContextManager[Any]:
    return snaptrade_desk(_NOW) if provider_of(row) == "snaptrade" else plaid_desk(_NOW)
