"""Snapshots: versions are immutable, `latest` moves only from what was read."""

from copy import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from freshet.domain.holdings import Holdings
from freshet.domain.positions import Lot
from freshet.domain.snapshot import HoldingsReading, HoldingsSnapshot, Outcome, judge
from tests.builders import (
    EMPTY,
    NEW_YORK,
    NOON,
    USER,
    a_balance,
    a_position,
    a_reading,
    a_snapshot,
    an_instrument,
    an_option,
    some_holdings,
)
from tests.clients import DynamoDB
from tests.integration.stores import RETENTION, Stores, dynamo_stores

ACCOUNT = "acc_1"
SECOND_AFTER = NOON + timedelta(seconds=1)
HOLDINGS = [
    EMPTY,
    some_holdings(),
    some_holdings(
        positions=(
            a_position(units=Decimal("0.12345678901234567"), price=None, cost_per_unit=None),
            a_position(units=Decimal("1.9E-16"), price=Decimal("64210.98765432109876543")),
            a_position(instrument=an_option(), units=Decimal("-2"), currency=None),
            a_position(instrument=an_option(strike=None, expires_on=None, side=None)),
            a_position(
                instrument=an_instrument(kind="carbon_credit", id=None, symbol=None, name="ü"),
                cash_equivalent=True,
                stated_value=Decimal("-812.50"),
                lots=(
                    Lot(acquired_at="2022-01-14", units=Decimal("2.50"), cost_per_unit=None),
                    Lot(acquired_at=None, units=None, cost_per_unit=Decimal("240.00")),
                ),
            ),
        ),
        balances=(a_balance(), a_balance(currency="EUR", cash=None, buying_power=None)),
        source='{"positions": "{\\"units\\": 1.10}", "x": "ü"}',
    ),
]


def _store(stores: Stores, *readings: HoldingsReading) -> HoldingsSnapshot:
    for reading in readings:
        before = stores.snapshots.latest(USER, ACCOUNT)
        assert stores.snapshots.store(
            USER, ACCOUNT, judge(before, reading, zone=NEW_YORK), before=before
        )
    latest = stores.snapshots.latest(USER, ACCOUNT)
    assert latest is not None
    return latest


@pytest.mark.parametrize("holdings", HOLDINGS)
def test_every_digit_comes_back_when_holdings_were_stored(
    stores: Stores, holdings: Holdings
) -> None:
    latest = _store(stores, a_reading(holdings=holdings))
    assert latest == a_snapshot(holdings=holdings, content_hash=holdings.content_hash())
    assert repr(latest.holdings) == repr(holdings)


@pytest.mark.parametrize(
    "field", ["broker_as_of", "provider_synced_at", "empty_seen_as_of", "empty_seen_at"]
)
def test_missing_dates_stay_missing_when_stored(stores: Stores, field: str) -> None:
    snapshot = a_snapshot(**{field: None})
    outcome = Outcome(latest=snapshot, is_new_version=True)
    assert stores.snapshots.store(USER, ACCOUNT, outcome, before=None)
    assert stores.snapshots.latest(USER, ACCOUNT) == snapshot


def test_nothing_is_there_when_nothing_was_stored(stores: Stores) -> None:
    assert stores.snapshots.latest(USER, ACCOUNT) is None
    assert stores.shown.latest_of(USER, [ACCOUNT]) == {}
    assert stores.shown.latest_of(USER, []) == {}


def test_nothing_is_written_when_the_outcome_is_nothing(stores: Stores) -> None:
    assert stores.snapshots.store(USER, ACCOUNT, Outcome(latest=None), before=a_snapshot())
    assert stores.snapshots.latest(USER, ACCOUNT) is None


@pytest.mark.parametrize("is_new_version", [True, False])
def test_slower_reader_writes_nothing_when_another_stored_first(
    stores: Stores, is_new_version: bool
) -> None:
    first = _store(stores, a_reading())
    slower = replace(first, version="v0", dates_token="t0", holdings=EMPTY)
    outcome = Outcome(latest=slower, is_new_version=is_new_version)
    assert not stores.snapshots.store(USER, ACCOUNT, outcome, before=None)
    stale = replace(first, dates_token="stale")
    assert not stores.snapshots.store(USER, ACCOUNT, outcome, before=stale)
    assert stores.snapshots.latest(USER, ACCOUNT) == first


def test_version_is_never_written_again_when_its_name_comes_twice(stores: Stores) -> None:
    first = _store(stores, a_reading())
    again = replace(first, dates_token="later", holdings=EMPTY)
    outcome = Outcome(latest=again, is_new_version=True)
    assert not stores.snapshots.store(USER, ACCOUNT, outcome, before=first)
    assert stores.snapshots.latest(USER, ACCOUNT) == first


def test_suspicion_is_kept_and_lifted_when_empty_answers_come(stores: Stores) -> None:
    first = _store(stores, a_reading())
    marked = _store(stores, a_reading(holdings=EMPTY, broker_as_of=NOON))
    assert marked == replace(first, empty_seen_as_of=NOON, empty_seen_at=SECOND_AFTER)
    believed = _store(stores, a_reading(holdings=EMPTY, broker_as_of=NOON + timedelta(hours=1)))
    assert believed.holdings == EMPTY
    assert believed.empty_seen_as_of is None


def test_each_account_has_its_own_when_many_are_asked_for_at_once(stores: Stores) -> None:
    _store(stores, a_reading())
    for number in range(2, 5):
        outcome = Outcome(latest=a_snapshot(dates_token=str(number)))
        stores.snapshots.store(USER, f"acc_{number}", outcome, before=None)
    wanted = [ACCOUNT, "acc_2", "acc_3", "acc_missing"]
    found = stores.shown.latest_of(USER, wanted)
    assert found.keys() == {ACCOUNT, "acc_2", "acc_3"}
    assert found["acc_3"].dates_token == "3"
    assert stores.shown.latest_of("user-2", wanted) == {}


def test_old_versions_expire_and_latest_stays_when_content_changed(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    changed = some_holdings(balances=(a_balance(cash=Decimal(1)),))
    _store(stores, a_reading(), a_reading(broker_as_of=NOON, holdings=changed))
    rows = dynamodb.scan(TableName="snapshots")["Items"]
    expiries = {row["SK"]["S"][:7]: row.get("expires_at", {}).get("N") for row in rows}
    assert len(rows) == 4
    assert expiries["VERSION"] == str(int((SECOND_AFTER + RETENTION).timestamp()))
    assert (expiries["LATEST"], expiries["CHANGE#"]) == (None, None)


def test_row_is_refused_when_its_format_is_of_a_later_release(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    _store(stores, a_reading())
    (key,) = [
        {name: row[name] for name in ("PK", "SK")}
        for row in dynamodb.scan(TableName="snapshots")["Items"]
        if row["SK"]["S"] == "LATEST"
    ]
    dynamodb.update_item(
        TableName="snapshots",
        Key=key,
        UpdateExpression="SET #format = :new",
        ExpressionAttributeNames={"#format": "format"},
        ExpressionAttributeValues={":new": {"N": "99"}},
    )
    with pytest.raises(ValueError, match="unknown format 99"):
        stores.snapshots.latest(USER, ACCOUNT)
