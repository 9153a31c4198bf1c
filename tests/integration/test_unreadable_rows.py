"""A stored row that cannot be read is a gap: it takes no answer down."""

from datetime import date, timedelta
from typing import Any

import pytest

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Table
from freshet.domain.snapshot import judge
from freshet.domain.spans import ALWAYS
from tests.builders import (
    NEW_YORK,
    NOON,
    USER,
    a_position,
    a_reading,
    some_holdings,
)
from tests.clients import DynamoDB
from tests.integration.stores import Stores, dynamo_stores

ACCOUNT, OTHER = "acc_1", "acc_2"
DAY = timedelta(days=1)
SPOILED: dict[str, Any] = {
    "totals": [["USD", "ten", "1", 0, 0]],
    "format": 99,
    "fetched_at": "yesterday",
    "dates_token": None,
    "document": b"",
}


@pytest.fixture
def stores(dynamodb: DynamoDB) -> Stores:
    stores = dynamo_stores(dynamodb)
    for account in (ACCOUNT, OTHER):
        for number in range(3):
            at = NOON - (2 - number) * DAY
            reading = a_reading(
                holdings=some_holdings(positions=(a_position(),) * (number + 1)),
                broker_as_of=at,
                provider_synced_at=at,
                started_at=at,
                fetched_at=at,
            )
            before = stores.snapshots.latest(USER, account)
            outcome = judge(before, reading, zone=NEW_YORK)
            assert stores.snapshots.store(USER, account, outcome, before=before)
    return stores


def _spoil(dynamodb: DynamoDB, prefix: str, **changes: Any) -> None:
    """Spoil the last row of an account that begins so."""
    table = Table(dynamodb, "snapshots")
    *_, row = table.query(keys.account_partition(USER, ACCOUNT), prefix)
    table.put(row | changes)


@pytest.mark.parametrize("name", ["totals", "format", "fetched_at", "dates_token"])
def test_account_is_a_gap_among_others_when_its_newest_row_cannot_be_read(
    stores: Stores, dynamodb: DynamoDB, name: str
) -> None:
    _spoil(dynamodb, keys.LATEST, **{name: SPOILED[name]})
    assert stores.shown.summaries_of(USER, [ACCOUNT, OTHER]).keys() == {OTHER}
    if name != "totals":
        assert stores.shown.latest(USER, ACCOUNT) is None
        assert stores.shown.latest_of(USER, [ACCOUNT, OTHER]).keys() == {OTHER}


@pytest.mark.parametrize("name", ["totals", "format", "fetched_at"])
def test_version_is_a_gap_when_its_row_cannot_be_read(
    stores: Stores, dynamodb: DynamoDB, name: str
) -> None:
    _spoil(dynamodb, keys.VERSION_PREFIX, **{name: SPOILED[name]})
    shown, _ = stores.history.versions(USER, ACCOUNT, ALWAYS, limit=9, after=None)
    assert len(shown) == 2
    if name != "totals":
        assert stores.history.version_at(USER, ACCOUNT, NOON + DAY) is None


def test_day_is_a_gap_when_its_row_cannot_be_read(stores: Stores, dynamodb: DynamoDB) -> None:
    until = date(2027, 1, 1)
    before, _ = stores.history.closes(USER, ACCOUNT, until=until, limit=9)
    _spoil(dynamodb, keys.CLOSE_PREFIX, totals=SPOILED["totals"])
    after, _ = stores.history.closes(USER, ACCOUNT, until=until, limit=9)
    assert len(after) == len(before) - 1


def test_change_is_a_gap_when_its_row_cannot_be_read(stores: Stores, dynamodb: DynamoDB) -> None:
    before, _ = stores.history.changes(USER, ACCOUNT, ALWAYS, limit=9, after=None)
    _spoil(dynamodb, keys.CHANGE_PREFIX, format=SPOILED["format"])
    after, _ = stores.history.changes(USER, ACCOUNT, ALWAYS, limit=9, after=None)
    assert 0 < len(after) < len(before)
