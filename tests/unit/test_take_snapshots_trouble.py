"""The reader in trouble: recorded, kept to one connection, nothing erased."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.domain import call_errors, errors
from freshet.domain.commands import ReadReason
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.provider import Provider
from tests.builders import EVERYTHING, NOON, USER, a_report, an_account_report, an_answer, pending
from tests.replacing import InPlaceOf
from tests.unit.stage import ACCOUNT_ID, Stage

READ = an_answer(operation="positions", status=500, code=None)
SOON = NOON + timedelta(minutes=5)


@pytest.mark.parametrize("operation", ["connection", "accounts", "account-1"])
@pytest.mark.parametrize(
    ("error", "status", "due_at"),
    [
        (call_errors.ProviderFailed(READ), "degraded", SOON),
        (call_errors.UnreadableAnswer(READ), "degraded", SOON),
        (call_errors.ProviderRejectedUs(READ), "degraded", SOON),
        (call_errors.LoginRequired(READ), "needs_user", NOON + timedelta(hours=1)),
        (
            call_errors.RateLimited(READ, wait=timedelta(seconds=7)),
            "active",
            NOON + timedelta(seconds=7),
        ),
        (
            call_errors.QuotaExhausted(NOON + timedelta(seconds=3)),
            "active",
            NOON + timedelta(seconds=3),
        ),
    ],
)
def test_trouble_is_on_record_and_nothing_is_stored_when_a_step_fails(
    operation: str, error: Exception, status: str, due_at: object
) -> None:
    stage = Stage()
    stage.provider.read_failures[operation] = error
    stage.read()
    assert (stage.connection.link.status, stage.connection.due_at) == (status, due_at)
    assert stage.connection.schedule.reading_until is None
    assert stage.snapshots.rows == {}


def _two_accounts() -> Stage:
    stage = Stage()
    stage.provider.accounts.append(an_account_report(provider_account_id="account-2"))
    return stage


def test_other_accounts_are_read_when_one_fails() -> None:
    stage = _two_accounts()
    stage.provider.read_failures["account-1"] = call_errors.ProviderUnavailable(READ)
    stage.read()
    assert len(stage.snapshots.rows) == 1
    assert stage.connection.link.status is ConnectionStatus.DEGRADED
    assert stage.connection.link.status_reason == "provider_unavailable"


@pytest.mark.parametrize(
    "error",
    [
        call_errors.LoginRequired(READ),
        call_errors.RateLimited(READ),
        call_errors.ProviderRejectedUs(READ),
        call_errors.QuotaExhausted(NOON),
    ],
)
def test_other_accounts_are_spared_when_asking_on_can_only_harm(error: Exception) -> None:
    stage = _two_accounts()
    stage.provider.read_failures["account-1"] = error
    stage.read()
    assert stage.snapshots.rows == {}
    assert stage.provider.reads == 3


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (errors.CredentialMissing("x"), "needs_user", "credential_missing"),
        (errors.ProviderNotConfigured("x"), "degraded", "provider_not_configured"),
    ],
)
def test_reason_is_on_record_when_no_read_is_possible(
    error: Exception, status: str, reason: str
) -> None:
    stage = Stage()
    stage.providers.failure = error
    stage.read()
    assert (stage.connection.link.status, stage.connection.link.status_reason) == (status, reason)


def test_message_comes_again_when_the_trouble_is_ours() -> None:
    stage = Stage()
    stage.providers.failure = errors.SecretUnavailable("keys")
    with pytest.raises(errors.SecretUnavailable):
        stage.read()


def test_holdings_and_their_dates_survive_when_a_later_read_fails() -> None:
    stage = Stage()
    stage.read()
    before = stage.snapshots.latest(USER, ACCOUNT_ID)
    stage.later(hours=24)
    stage.provider.read_failures["account-1"] = call_errors.ProviderFailed(READ)
    stage.read()
    assert stage.snapshots.latest(USER, ACCOUNT_ID) == before


def test_connection_recovers_when_a_later_read_succeeds() -> None:
    stage = Stage()
    stage.provider.read_failures["connection"] = call_errors.ProviderFailed(READ)
    stage.read()
    stage.provider.read_failures.clear()
    stage.later(minutes=5)
    assert stage.plan() == 1
    stage.drain()
    connection = stage.connection
    assert (connection.link.status, connection.schedule.consecutive_failures) == ("active", 0)
    assert stage.connection.link.status_reason is None


def test_connection_wakes_when_a_read_finds_it_repaired() -> None:
    stage = Stage(status=ConnectionStatus.NEEDS_USER, status_reason="disabled_at_provider")
    stage.provider.report = a_report()
    stage.read()
    assert stage.connection.link.status is ConnectionStatus.ACTIVE


def test_no_further_account_is_started_when_the_read_took_too_long() -> None:
    stage = _two_accounts()
    usual = stage.snapshots.store

    def store_slowly(*given: Any, **named: Any) -> bool:
        stage.later(seconds=61)
        return usual(*given, **named)

    InPlaceOf(usual).put(store_slowly)
    stage.read()
    assert len(stage.snapshots.rows) == 1
    assert (stage.connection.link.status, stage.connection.link.status_reason) == (
        "degraded",
        "read_too_long",
    )


def test_holdings_that_fit_no_row_are_on_record_and_keep_the_others_from_nothing() -> None:
    stage = _two_accounts()
    usual = stage.snapshots.store

    def refuse_one(user_id: str, account_id: str, *arguments: Any, **named: Any) -> bool:
        if account_id == ACCOUNT_ID:
            raise errors.SnapshotTooLarge(account_id)
        return usual(user_id, account_id, *arguments, **named)

    InPlaceOf(usual).put(refuse_one)
    stage.read()
    assert stage.connection.link.status_reason == "snapshot_too_large"
    assert len(stage.snapshots.rows) == 1


def _use_up(stage: Stage) -> None:
    for _ in range(4):
        assert stage.allowance.take(USER, most=4, now=NOON)


def test_schedule_reads_no_more_for_a_user_when_the_days_reads_are_used_up() -> None:
    stage = Stage()
    _use_up(stage)
    stage.read(ReadReason.DUE)
    midnight = NOON + timedelta(hours=12)
    due_at = stage.connection.due_at
    assert due_at is not None
    assert midnight <= due_at < midnight + timedelta(hours=6)
    connection = stage.connection
    assert (connection.schedule.consecutive_failures, connection.link.status) == (0, "active")
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is None
    stage.clock.now = due_at
    stage.read(ReadReason.DUE)
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is not None


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (ReadReason.FIRST_LOAD, {}),
        (ReadReason.REFRESH, {}),
        (ReadReason.WEBHOOK, {"pending": pending(EVERYTHING)}),
        (ReadReason.DUE, {"pending": pending(EVERYTHING)}),
        (ReadReason.DUE, {"consecutive_failures": 1}),
        (ReadReason.DUE, {"provider": Provider.PLAID}),
    ],
)
def test_read_is_not_counted_when_it_is_not_the_schedules_alone(
    reason: ReadReason, changes: dict[str, Any]
) -> None:
    stage = Stage(**changes)
    _use_up(stage)
    stage.read(reason)
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is not None


def test_day_has_all_its_reads_when_the_provider_could_not_be_asked() -> None:
    stage = Stage()
    stage.provider.read_failures["connection"] = call_errors.QuotaExhausted(NOON)
    for _ in range(9):
        stage.read(ReadReason.DUE)
    assert stage.allowance.taken == {}


@pytest.mark.parametrize("trouble", [call_errors.QuotaExhausted, call_errors.RateLimited])
def test_read_is_counted_once_when_its_quota_ends_halfway_again_and_again(
    trouble: type[call_errors.CallFailed],
) -> None:
    stage = Stage()
    failure = trouble(NOON) if trouble is call_errors.QuotaExhausted else trouble(an_answer())
    stage.provider.read_failures["account-1"] = failure
    for _ in range(6):
        stage.read(ReadReason.DUE)
        stage.later(minutes=3)
    assert list(stage.allowance.taken.values()) == [1]
    stage.provider.read_failures.clear()
    stage.read(ReadReason.DUE)
    assert list(stage.allowance.taken.values()) == [1]
    assert stage.connection.schedule.allowed_on is None
    stage.read(ReadReason.DUE)
    assert list(stage.allowance.taken.values()) == [2]
