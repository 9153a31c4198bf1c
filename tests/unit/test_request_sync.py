"""A user wants yesterday's transactions: unbilled, once, and only where it can help."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain import call_errors, errors
from freshet.domain.cadence import Cadence
from freshet.domain.commands import ReadReason
from freshet.domain.connection_status import ASLEEP, GONE, ConnectionStatus
from freshet.domain.provider import Provider
from freshet.domain.refresh import Kind, Method, Refresh, RefreshStatus
from freshet.domain.refresh_request import RefreshRequest
from freshet.services.refresh_records import Purchase
from freshet.services.request_refresh import request_transactions_sync
from tests.builders import CONNECTION_ID, NOON, USER, an_account, an_account_report, an_answer
from tests.replacing import InPlaceOf
from tests.unit.stage import ACCOUNT_ID, Stage

YESTERDAY = date(2026, 11, 19)
PLAID: dict[str, Any] = {"provider": Provider.PLAID}


def _sync(stage: Stage, key: str | None = None, user_id: str = USER) -> Purchase:
    request = RefreshRequest(
        user_id=user_id, connection_id=CONNECTION_ID, actor="machine-1", idempotency_key=key
    )
    return request_transactions_sync(request, deps=stage.requesting)


def _loaded(stage: Stage, day: date = YESTERDAY) -> None:
    """Let the provider have every transaction up to a day."""
    stage.provider.accounts = [an_account_report(transactions_synced_on=day)]


def _stage(read_to: date | None = None, **connection: Any) -> Stage:
    stage = Stage(**connection)
    stage.accounts.save(an_account(transactions_read_to=read_to))
    return stage


@pytest.mark.parametrize("read_to", [None, YESTERDAY - timedelta(days=1)])
def test_provider_is_asked_once_and_nothing_spent_when_yesterday_is_missing(
    read_to: date | None,
) -> None:
    stage = _stage(read_to)
    refresh = _sync(stage).refresh
    assert (refresh.kind, refresh.method, refresh.actor) == (
        *(Kind.TRANSACTIONS, Method.SYNC, "machine-1"),
    )
    assert (refresh.status, refresh.cost.amount) == (RefreshStatus.ACCEPTED, Decimal(0))
    assert (stage.provider.syncs, stage.provider.billed, stage.refreshes.calls) == (1, 0, {})
    assert stage.refreshes.total() == 0
    assert stage.connection.purchases.last_purchase_at is None


def test_sync_is_complete_when_a_check_finds_yesterday() -> None:
    stage = _stage()
    refresh_id = _sync(stage).refresh.id
    _loaded(stage)
    stage.later(minutes=1)
    assert stage.plan() == 1
    stage.drain()
    assert stage.refresh(refresh_id).status is RefreshStatus.COMPLETE
    assert stage.connection.slots.transactions.refresh_id is None
    assert stage.accounts.get(USER, ACCOUNT_ID).transactions_read_to == YESTERDAY


def test_sync_ends_when_yesterday_never_comes() -> None:
    stage = _stage()
    refresh_id = _sync(stage).refresh.id
    _loaded(stage, YESTERDAY - timedelta(days=1))
    for _ in range(11):
        stage.later(minutes=1)
        stage.plan()
        stage.drain()
    assert stage.refresh(refresh_id).status is RefreshStatus.TIMED_OUT
    assert stage.connection.slots.transactions.refresh_id is None


@pytest.mark.parametrize("read_to", [YESTERDAY, YESTERDAY + timedelta(days=1)])
def test_nobody_is_asked_when_yesterday_is_there_already(read_to: date) -> None:
    stage = _stage(read_to)
    first = _sync(stage, "key-1").refresh
    assert (first.status, first.finished_at) == (RefreshStatus.NO_CHANGE, NOON)
    assert _sync(stage, "key-1").refresh == first
    assert (stage.provider.syncs, stage.provider.reads) == (0, 0)
    assert stage.connection.slots.transactions.refresh_id is None


def test_provider_is_asked_when_one_account_of_two_lacks_yesterday() -> None:
    stage = _stage(YESTERDAY)
    stage.accounts.save(an_account(provider_account_id="account-2"))
    stage.accounts.save(an_account(provider_account_id="account-3", kind="deposit"))
    assert _sync(stage).refresh.status is RefreshStatus.ACCEPTED
    assert stage.provider.syncs == 1


@pytest.mark.parametrize(("key", "joined"), [("key-1", False), ("key-2", True)])
def test_one_sync_is_asked_for_when_a_user_presses_twice(key: str, joined: bool) -> None:
    stage = _stage()
    first = _sync(stage, "key-1")
    second = _sync(stage, key)
    assert (second.refresh.id, second.joined) == (first.refresh.id, joined)
    assert stage.provider.syncs == 1


def test_faster_sync_is_joined_when_both_saw_the_connection_free() -> None:
    stage = _stage()
    usual = stage.refreshes.open
    opening = InPlaceOf(usual)

    def sync_first(refresh: Refresh) -> Refresh:
        opening.put_back()
        _sync(stage, "key-2")
        return usual(refresh)

    opening.put(sync_first)
    purchase = _sync(stage, "key-1")
    assert (purchase.refresh.kind, purchase.joined) == (Kind.TRANSACTIONS, True)
    assert stage.provider.syncs == 1


def test_verdict_comes_at_once_when_the_provider_says_no() -> None:
    stage = _stage()
    stage.provider.sync_failures = [call_errors.ProviderUnavailable(an_answer(operation="sync"))]
    purchase = _sync(stage)
    assert isinstance(purchase.failure, call_errors.ProviderUnavailable)
    assert purchase.refresh.status is RefreshStatus.REFUSED
    assert stage.connection.slots.transactions.refresh_id is None


@pytest.mark.parametrize(
    "error",
    [
        call_errors.RefreshNotAllowed(an_answer(operation="sync")),
        call_errors.ProviderThrottled(an_answer(operation="sync")),
        call_errors.MissingUpstream(an_answer(operation="sync")),
        call_errors.ProviderUnavailable(an_answer(operation="sync"), wait=timedelta(hours=3)),
    ],
)
def test_purchases_go_on_as_planned_when_a_sync_is_refused(error: Exception) -> None:
    planned_at = NOON + timedelta(hours=1)
    stage = _stage(cadence=Cadence(refresh_every=timedelta(hours=24)), next_refresh_at=planned_at)
    stage.provider.sync_failures = [error]
    _sync(stage)
    connection = stage.connection
    assert (connection.purchases.next_refresh_at, connection.purchases.last_refusal) == (
        planned_at,
        None,
    )
    assert (connection.can_refresh, connection.purchases.last_purchase_at) == (True, None)


def test_connection_needs_its_user_when_the_sync_finds_the_login_gone() -> None:
    stage = _stage()
    stage.provider.sync_failures = [call_errors.LoginRequired(an_answer(operation="sync"))]
    _sync(stage)
    assert stage.connection.link.status is ConnectionStatus.NEEDS_USER


def test_nothing_stays_open_when_the_credential_is_gone() -> None:
    stage = _stage()
    stage.providers.failure = errors.CredentialMissing("x")
    with pytest.raises(errors.CredentialMissing):
        _sync(stage)
    stage.later(minutes=3)
    stage.plan()
    stage.drain()
    assert stage.connection.slots.transactions.refresh_id is None
    assert all(refresh.is_terminal for refresh in stage.refreshes.rows.values())


@pytest.mark.parametrize("connection", [{}, PLAID])
@pytest.mark.parametrize("status", sorted(ASLEEP))
def test_way_to_relink_is_told_when_the_connection_is_asleep(
    connection: dict[str, Any], status: ConnectionStatus
) -> None:
    stage = _stage(**connection, reads_transactions=True, status=status)
    expected = errors.ConnectionRemoving if status in GONE else errors.ConnectionNeedsUser
    with pytest.raises(expected):
        _sync(stage)
    assert stage.refreshes.rows == {}


def test_nothing_is_found_when_the_connection_is_another_users() -> None:
    with pytest.raises(errors.NotFound):
        _sync(_stage(), user_id="user-2")


def test_subscription_is_not_started_when_nobody_has_opted_in() -> None:
    stage = _stage(**PLAID)
    with pytest.raises(errors.TransactionsNotEnabled):
        _sync(stage)
    assert (stage.refreshes.rows, stage.reads.commands) == ({}, [])


def test_free_read_stands_in_when_plaid_was_opted_in() -> None:
    stage = _stage(**PLAID, reads_transactions=True)
    refresh = _sync(stage).refresh
    assert (refresh.kind, refresh.method, refresh.cost.amount) == (
        *(Kind.TRANSACTIONS, Method.READ, Decimal(0)),
    )
    (command,) = stage.reads.commands
    assert command.reason is ReadReason.REFRESH
    _loaded(stage)
    stage.drain()
    assert stage.refresh(refresh.id).status is RefreshStatus.COMPLETE
    assert (stage.provider.syncs, stage.provider.billed, stage.refreshes.ledger) == (0, 0, {})


@pytest.mark.parametrize("kind", [call_errors.RefreshNotAllowed, call_errors.ConnectionShared])
def test_sync_is_not_asked_for_again_when_it_was_refused_as_such(
    kind: type[call_errors.ProviderError],
) -> None:
    stage = _stage()
    stage.provider.sync_failures = [kind(an_answer(operation="sync"))]
    _sync(stage)
    assert stage.connection.can_refresh
    purchase = _sync(stage, key="another")
    assert (purchase.refresh.method, stage.provider.syncs) == (Method.READ, 1)
