"""What a read means for its connection: every kind of trouble, and the next time."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.domain import call_errors, errors
from freshet.domain.cadence import Cadence
from freshet.domain.commands import ReadReason
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.pending_reads import PendingRead
from freshet.domain.read_run import ReadRun, connection_after_read_run
from freshet.domain.read_scope import ReadScope, scope_for
from freshet.domain.refresh import Refresh, RefreshStatus
from tests.builders import (
    EVERYTHING,
    NOON,
    a_connection,
    a_refresh,
    a_report,
    an_answer,
    pending,
    refreshed,
)

START = NOON - timedelta(seconds=5)
CHECK = NOON + timedelta(minutes=3)
LOOK = START + timedelta(hours=1)
TOMORROW = START + timedelta(hours=24)
ASKED = an_answer(operation="positions")


def _after(
    connection: Connection, *, refresh: Refresh | None = None, **findings: Any
) -> Connection:
    values: dict[str, Any] = {"started_at": START, "scope": ReadScope.EVERYTHING}
    run = ReadRun(**(values | findings))
    return connection_after_read_run(
        connection, run, () if refresh is None else (refresh,), now=NOON
    )


def test_connection_is_due_a_cadence_later_when_a_read_was_whole() -> None:
    after = _after(a_connection(), calls=6)
    assert (after.link.status, after.link.status_reason) == ("active", None)
    assert after.schedule.calls_per_read_run == 6
    assert after.due_at is not None
    assert TOMORROW <= after.due_at < TOMORROW + timedelta(minutes=30)


@pytest.mark.parametrize("trouble", [None, call_errors.ProviderUnavailable(ASKED)])
def test_length_of_a_read_is_kept_when_this_one_was_no_whole_one(trouble: Any) -> None:
    scope = ReadScope.EVERYTHING if trouble else ReadScope.MARKED_ACCOUNTS
    after = _after(a_connection(calls_per_read_run=9), scope=scope, calls=3, trouble=trouble)
    assert after.schedule.calls_per_read_run == 9


@pytest.mark.parametrize(
    ("trouble", "status", "reason", "next_read"),
    [
        (call_errors.LoginRequired(ASKED), "needs_user", "login_required", LOOK),
        (errors.CredentialMissing("x"), "needs_user", "credential_missing", None),
        (
            errors.ProviderNotConfigured("x"),
            "degraded",
            "provider_not_configured",
            NOON + timedelta(minutes=5),
        ),
        (
            call_errors.MissingUpstream(ASKED),
            "degraded",
            "absence_unconfirmed",
            NOON + timedelta(minutes=5),
        ),
        (
            call_errors.RefusedUnclearly(ASKED),
            "degraded",
            "provider_code_unknown",
            NOON + timedelta(minutes=5),
        ),
        (
            call_errors.ProviderUnavailable(ASKED),
            "degraded",
            "provider_unavailable",
            NOON + timedelta(minutes=5),
        ),
        (
            call_errors.QuotaExhausted(NOON + timedelta(seconds=9)),
            "active",
            None,
            NOON + timedelta(seconds=9),
        ),
        (
            call_errors.RateLimited(ASKED, wait=timedelta(seconds=7)),
            "active",
            None,
            NOON + timedelta(seconds=7),
        ),
    ],
)
def test_connection_waits_or_asks_for_its_user_when_a_read_had_trouble(
    trouble: Any, status: str, reason: str | None, next_read: object
) -> None:
    after = _after(a_connection(), trouble=trouble)
    assert (after.link.status, after.link.status_reason) == (status, reason)
    assert after.due_at == next_read


@pytest.mark.parametrize(
    ("trouble", "report", "status"),
    [
        (call_errors.AccessRevoked(ASKED), None, ConnectionStatus.REVOKED),
        (call_errors.MissingUpstream(ASKED), a_report(), ConnectionStatus.DEGRADED),
    ],
)
def test_connection_is_revoked_when_the_provider_says_so(
    trouble: Any, report: Any, status: ConnectionStatus
) -> None:
    assert _after(a_connection(), trouble=trouble, report=report).link.status is status


def test_check_waits_for_quota_when_a_read_had_none() -> None:
    refresh = a_refresh(status=RefreshStatus.ACCEPTED, next_check_at=NOON)
    before = a_connection(open_refresh_id=refresh.id, open_refresh_called=True)
    free_at = NOON + timedelta(seconds=9)
    after = _after(before, refresh=refresh, trouble=call_errors.QuotaExhausted(free_at))
    assert after.due_at == free_at


def test_refresh_keeps_its_own_time_when_it_opened_during_the_read() -> None:
    before = a_connection(open_refresh_id="ref_new", check_at=CHECK)
    assert _after(before).due_at == CHECK


def test_cooldown_counts_when_the_buyer_died_before_it_could_say_so() -> None:
    refresh = a_refresh(status=RefreshStatus.COMPLETE, started_at=START)
    before = a_connection(open_refresh_id=refresh.id, open_refresh_called=False)
    after = _after(before, refresh=refresh)
    assert (after.purchases.last_purchase_at, after.slots.holdings.refresh_id) == (START, None)


def test_status_is_learned_when_the_read_asked_for_it() -> None:
    after = _after(a_connection(), report=a_report(is_disabled=True))
    assert after.link.status is ConnectionStatus.NEEDS_USER
    assert after.link.status_read_at == START
    assert after.due_at == LOOK


def test_cadence_does_not_start_over_when_only_marked_accounts_were_read() -> None:
    before = a_connection(pending=pending(refreshed("account-1"), at=START - timedelta(seconds=1)))
    after = _after(before, scope=ReadScope.MARKED_ACCOUNTS)
    assert after.schedule.next_read_at == before.schedule.next_read_at
    assert not after.pending


def test_connection_is_due_at_once_when_a_webhook_came_during_the_read() -> None:
    after = _after(a_connection(pending=pending(refreshed("account-1"))))
    assert (after.due_at, after.pending) == (NOON, pending(refreshed("account-1")))


def test_check_is_due_when_a_called_refresh_waits_for_proof() -> None:
    refresh = a_refresh(status=RefreshStatus.ACCEPTED, next_check_at=CHECK)
    before = a_connection(open_refresh_id=refresh.id, open_refresh_called=True)
    assert _after(before, refresh=refresh).due_at == CHECK


def test_purchase_keeps_its_time_when_it_was_not_called_yet() -> None:
    refresh = a_refresh(status=RefreshStatus.RESERVED)
    before = a_connection(open_refresh_id=refresh.id, check_at=CHECK)
    after = _after(before, refresh=refresh)
    assert (after.due_at, after.slots.holdings.refresh_id) == (CHECK, refresh.id)


def test_another_refresh_may_open_when_the_read_ended_this_one() -> None:
    refresh = a_refresh(status=RefreshStatus.COMPLETE)
    before = a_connection(
        open_refresh_id=refresh.id,
        open_refresh_called=True,
        cadence=Cadence(read_every=timedelta(hours=24)),
    )
    after = _after(before, refresh=refresh)
    assert (after.slots.holdings.refresh_id, after.due_at) == (None, after.schedule.next_read_at)


MARKED = refreshed("account-1")
WEBHOOK, DUE = ReadReason.WEBHOOK, ReadReason.DUE
BROKEN = {"status": ConnectionStatus.NEEDS_USER}
REVOKED = {"status": ConnectionStatus.REVOKED}


@pytest.mark.parametrize(
    ("announced", "changes", "reason", "expected"),
    [
        ((MARKED,), {}, WEBHOOK, ReadScope.MARKED_ACCOUNTS),
        ((MARKED,), {}, DUE, ReadScope.EVERYTHING),
        ((), {}, WEBHOOK, ReadScope.EVERYTHING),
        ((MARKED, EVERYTHING), {}, WEBHOOK, ReadScope.EVERYTHING),
        ((MARKED,), {"paused": True}, WEBHOOK, ReadScope.EVERYTHING),
        ((MARKED,), {"status": ConnectionStatus.NEEDS_USER}, WEBHOOK, ReadScope.EVERYTHING),
        ((MARKED,), {"status_read_at": None}, WEBHOOK, ReadScope.EVERYTHING),
        ((), BROKEN, DUE, ReadScope.STATUS),
        ((), REVOKED, DUE, ReadScope.STATUS),
        ((), BROKEN, ReadReason.FIRST_LOAD, ReadScope.EVERYTHING),
        ((), BROKEN, ReadReason.REFRESH, ReadScope.EVERYTHING),
        ((MARKED,), BROKEN, DUE, ReadScope.EVERYTHING),
    ],
)
def test_read_looks_at_marked_accounts_only_when_nothing_else_may_have_changed(
    announced: tuple[PendingRead, ...],
    changes: dict[str, Any],
    reason: ReadReason,
    expected: ReadScope,
) -> None:
    connection = a_connection(pending=pending(*announced), **changes)
    assert scope_for(connection, reason) is expected


def test_read_has_no_reason_when_there_was_no_trouble() -> None:
    assert ReadRun(started_at=START, scope=ReadScope.EVERYTHING).reason is None


UNCLEAR, ABSENT = call_errors.RefusedUnclearly(ASKED), call_errors.MissingUpstream(ASKED)
OTHER = call_errors.ProviderUnavailable(ASKED)


@pytest.mark.parametrize(("trouble", "is_kept"), [(UNCLEAR, False), (ABSENT, True)])
def test_suspicion_begins_anew_after_other_trouble_when_its_code_is_unknown(
    trouble: Any, is_kept: bool
) -> None:
    suspected = _after(a_connection(), trouble=trouble)
    assert suspected.link.suspicion is not None
    assert (_after(suspected, trouble=OTHER).link.suspicion is not None) is is_kept
    assert _after(suspected, report=a_report()).link.suspicion is None
