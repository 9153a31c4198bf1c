"""Deleting: one contract for the tables and their twins, and late writers of either."""

from copy import replace
from datetime import timedelta

import pytest

from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import ConcurrentChange, Erased, NotFound
from freshet.domain.provider import Provider
from freshet.domain.refresh import RefreshStatus
from freshet.domain.snapshot import HoldingsReading, judge
from freshet.domain.transaction_windows import Changes
from freshet.domain.transactions import Transaction
from tests.builders import (
    CONNECTION_ID,
    NEW_YORK,
    NOON,
    USER,
    a_connection,
    a_policy,
    a_reading,
    a_refresh,
    a_transaction,
    an_account,
    an_event,
    changed,
    some_holdings,
)
from tests.clients import DynamoDB
from tests.integration.stores import Stores, dynamo_stores

ACCOUNT = an_account().id
MANY = 60  # more than two batches
CHANGED = a_reading(broker_as_of=NOON, holdings=some_holdings(balances=()))


def _transactions(number: int) -> list[Transaction]:
    return [a_transaction(id=f"transaction-{each:03}") for each in range(number)]


def _store(stores: Stores, reading: HoldingsReading, account_id: str = ACCOUNT) -> bool:
    before = stores.snapshots.latest(USER, account_id)
    return stores.snapshots.store(
        USER, account_id, judge(before, reading, zone=NEW_YORK), before=before
    )


def _apply(
    stores: Stores, written: list[Transaction], *, revision: int, account_id: str = ACCOUNT
) -> None:
    changes = Changes(written=tuple(written), removed=())
    stores.transactions.apply(USER, account_id, changes, revision=revision)


@pytest.fixture
def held(money: Stores) -> Stores:
    """A connection with an account that holds something, and another account beside it."""
    money.accounts.save(an_account())
    for reading in (a_reading(), CHANGED):
        assert _store(money, reading)
    assert _store(money, a_reading(), "acc_other")
    _apply(money, _transactions(MANY), revision=0)
    _apply(money, _transactions(1), revision=0, account_id="acc_other")
    return money


def _everything(stores: Stores, *, most: int = 1_000) -> int:
    erased = 0
    while True:
        now = stores.eraser.erase_account(USER, ACCOUNT, most=most)
        erased += now
        if now < most:
            return erased


@pytest.mark.parametrize("most", [1, 7, 25, 1_000])
def test_all_of_an_account_is_gone_and_nothing_else_when_it_was_erased(
    held: Stores, most: int
) -> None:
    assert _everything(held, most=most) > MANY
    assert held.snapshots.latest(USER, ACCOUNT) is None
    assert held.transactions.since(USER, ACCOUNT, first=None).transactions == []
    with pytest.raises(NotFound):
        held.accounts.get(USER, ACCOUNT)
    assert held.snapshots.latest(USER, "acc_other") is not None
    assert len(held.transactions.since(USER, "acc_other", first=None).transactions) == 1
    assert _everything(held) == 0


def test_account_is_still_listed_when_something_of_it_is_left(held: Stores) -> None:
    assert held.eraser.erase_account(USER, ACCOUNT, most=10) == 10
    assert held.accounts.get(USER, ACCOUNT) == an_account()


@pytest.mark.parametrize("reading", [a_reading(), CHANGED])
def test_late_reader_is_refused_when_its_account_was_erased(
    held: Stores, reading: HoldingsReading
) -> None:
    before = held.snapshots.latest(USER, ACCOUNT)
    outcome = judge(before, replace(reading, broker_as_of=NOON + timedelta(hours=1)), zone=NEW_YORK)
    _everything(held)
    try:
        # Of prices alone it only learns that it has to look again.
        assert not held.snapshots.store(USER, ACCOUNT, outcome, before=before)
    except Erased:
        assert outcome.is_new_version
    with pytest.raises(Erased):
        _store(held, reading)
    assert held.snapshots.latest(USER, ACCOUNT) is None


@pytest.mark.parametrize("revision", [0, 1])
def test_late_transactions_are_refused_when_their_account_was_erased(
    held: Stores, revision: int
) -> None:
    _everything(held)
    with pytest.raises(Erased):
        _apply(held, _transactions(MANY), revision=revision)
    assert held.transactions.since(USER, ACCOUNT, first=None).transactions == []


def test_only_a_tombstone_is_left_when_late_readers_were_refused(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    stores.connections.add(a_connection(), provider_user_id=None)
    _store(stores, a_reading())
    _everything(stores)
    with pytest.raises(Erased):
        _apply(stores, _transactions(MANY), revision=0)
    with pytest.raises(Erased):
        _store(stores, a_reading())
    rows = dynamodb.scan(TableName="snapshots")["Items"]
    assert [row["SK"]["S"] for row in rows] == ["ERASED"]


@pytest.mark.parametrize("status", [None, ConnectionStatus.REMOVING])
def test_late_account_is_refused_when_its_connection_is_leaving_or_gone(
    held: Stores, status: ConnectionStatus | None
) -> None:
    _everything(held)
    if status is None:
        held.eraser.disconnect(held.connections.get(USER, CONNECTION_ID))
    else:
        held.connections.change(USER, CONNECTION_ID, lambda row: changed(row, status=status))
    with pytest.raises(Erased):
        held.accounts.save(an_account())
    assert held.accounts.of_user(USER) == []


def test_connection_cannot_come_back_when_it_was_disconnected(held: Stores) -> None:
    held.eraser.disconnect(held.connections.get(USER, CONNECTION_ID))
    assert held.connections.of_user(USER) == []
    owner = held.connections.of_connection(Provider.SNAPTRADE, "authorization-1")
    assert owner == (USER, CONNECTION_ID)
    again = a_connection(id="con_" + "b" * 24)
    with pytest.raises(NotFound):
        held.connections.add(again, provider_user_id=None)
    event = an_event()
    assert held.inbox.claim(event, owner=owner, marked_at=NOON)
    held.inbox.mark(event, owner=owner, marked_at=NOON)
    with pytest.raises(ConcurrentChange):
        held.eraser.disconnect(a_connection())
    assert held.connections.of_user(USER) == []
    assert held.connections.due(Provider.SNAPTRADE, now=NOON + timedelta(days=9), limit=9) == []


def test_connection_stays_when_it_changed_before_it_was_disconnected(held: Stores) -> None:
    seen = held.connections.get(USER, CONNECTION_ID)
    held.connections.change(USER, CONNECTION_ID, lambda row: replace(row, paused=True))
    with pytest.raises(ConcurrentChange):
        held.eraser.disconnect(seen)
    assert held.connections.get(USER, CONNECTION_ID).paused


def test_refreshes_and_parked_events_go_and_the_ledger_stays_when_traces_are_erased(
    held: Stores,
) -> None:
    reserved = held.refreshes.reserve(
        a_refresh(),
        judged=held.connections.get(USER, CONNECTION_ID),
        policy=a_policy(),
        now=NOON,
    )
    held.refreshes.book(replace(reserved, status=RefreshStatus.CALLING, started_at=NOON))
    ours = an_event(id="parked-1")
    others = an_event(id="parked-2", provider_connection_id="authorization-10")
    for event in (ours, others):
        held.inbox.claim(event, owner=None, marked_at=NOON)
    connection = held.connections.get(USER, CONNECTION_ID)
    while held.eraser.erase_traces(connection, most=1):
        pass
    assert held.refreshes.of_connection(USER, CONNECTION_ID) == []
    assert held.inbox.parked(Provider.SNAPTRADE) == [others]
    with pytest.raises(NotFound):
        held.inbox.find(Provider.SNAPTRADE, "parked-1")
    assert [each.cost.amount for each in held.ledger()] == [reserved.cost.amount]


def test_nobody_owns_a_providers_user_when_it_was_forgotten(stores: Stores) -> None:
    stores.connections.add(a_connection(), provider_user_id="provider-user")
    stores.eraser.forget_provider_user(Provider.SNAPTRADE, "provider-user")
    assert stores.connections.of_provider_user(Provider.SNAPTRADE, "provider-user") is None
    stores.eraser.forget_provider_user(Provider.SNAPTRADE, "provider-user")


def test_only_the_ledger_and_the_mark_of_leaving_stay_when_a_user_is_erased(
    dynamodb: DynamoDB,
) -> None:
    stores = dynamo_stores(dynamodb)
    own = ["ACCOUNT#1", "BUDGET", "CONNECTION#1", "LEASE#1", "LINK#1", "PROFILE", "REFRESH#1"]
    kept = ["LEAVING", "LEDGER#2026-11-20T12:00:00Z#ref_1", "LEDGER#9"]
    for user_id, names in ((USER, own + kept), ("user-2", own)):
        for name in names:
            item = {"PK": {"S": f"USER#{user_id}"}, "SK": {"S": name}}
            dynamodb.put_item(TableName="connections", Item=item)
    assert stores.eraser.erase_user(USER, most=3) == 3
    assert stores.eraser.erase_user(USER, most=100) == len(own) - 3
    rows = dynamodb.scan(TableName="connections")["Items"]
    left = {row["SK"]["S"] for row in rows if row["PK"]["S"] == f"USER#{USER}"}
    assert left == set(kept)
    assert len(rows) == len(own) + len(kept)
