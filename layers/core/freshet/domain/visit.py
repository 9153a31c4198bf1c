"""What one visit at a provider found out, and what that means for connection and refresh."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from freshet.domain.account import Account
from freshet.domain.connection import Connection, ConnectionReport
from freshet.domain.errors import (
    CallFailed,
    CredentialMissing,
    LoginRequired,
    ProviderNotConfigured,
    QuotaExhausted,
    RateLimited,
    VisitTooLong,
)
from freshet.domain.refresh import AccountProgress, Method, Refresh, note_proof, pass_check
from freshet.domain.snapshot import HoldingsReading
from freshet.domain.webhooks import WHOLE_CONNECTION

Trouble = CallFailed | CredentialMissing | ProviderNotConfigured | VisitTooLong

VISIT_LIMIT = timedelta(seconds=60)
"""No account is started after this: the function's timeout leaves time to end the last one."""


class Scope(StrEnum):
    """How much of a connection a visit looks at."""

    EVERYTHING = "everything"
    MARKED_ACCOUNTS = "marked_accounts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A reading of one account and whether it was believed."""

    reading: HoldingsReading
    is_confirmed: bool


@dataclass(slots=True, kw_only=True)
class Visit:
    """Findings, gathered while a visit lasts."""

    started_at: datetime
    scope: Scope
    report: ConnectionReport | None = None
    accounts: tuple[Account, ...] = ()
    stored: dict[str, Stored] = field(default_factory=dict)
    trouble: Trouble | None = None

    @property
    def reason(self) -> str | None:
        """Say in a word what went wrong."""
        if isinstance(self.trouble, CallFailed):
            return self.trouble.reason
        return None if self.trouble is None else _REASONS[type(self.trouble)]

    def is_too_long(self, *, now: datetime) -> bool:
        """Tell whether no further account may be started."""
        return now - self.started_at > VISIT_LIMIT


_REASONS: dict[type[Exception], str] = {
    CredentialMissing: "credential_missing",
    ProviderNotConfigured: "provider_not_configured",
    VisitTooLong: "visit_too_long",
}


def scope_for(connection: Connection, *, is_webhook: bool) -> Scope:
    """A webhook about accounts of a healthy connection needs these accounts and nothing else."""
    is_partial = (
        is_webhook
        and connection.marks
        and WHOLE_CONNECTION not in connection.marks
        and connection.is_awake
        and connection.status_read_at is not None
    )
    return Scope.MARKED_ACCOUNTS if is_partial else Scope.EVERYTHING


def connection_after_visit(
    connection: Connection, visit: Visit, refresh: Refresh | None, *, now: datetime
) -> Connection:
    """Say what a visit means for its connection and its place in the schedule."""
    learned = connection.without_marks_before(visit.started_at)
    if visit.report is not None:
        learned = learned.with_report(visit.report, read_at=visit.started_at)
    learned = _after_trouble(learned, visit, now=now)
    if refresh is not None and refresh.is_terminal:
        learned = learned.without_refresh(refresh.id)
    return learned.rescheduled(now=now, check_at=_check_at(learned, refresh))


def refresh_after_visit(
    refresh: Refresh, visit: Visit, marks: Mapping[str, datetime], *, now: datetime
) -> Refresh:
    """Take a visit's proof into the refresh that waits for it; end it when time is up."""
    found = {
        account.id: _progress(account, refresh, visit, marks)
        for account in visit.accounts
        if account.id in refresh.accounts
    }
    return pass_check(note_proof(refresh, found, now=now), now=now)


def _after_trouble(connection: Connection, visit: Visit, *, now: datetime) -> Connection:
    trouble = visit.trouble
    if trouble is None:
        if visit.scope is Scope.EVERYTHING:
            return connection.after_reading(started_at=visit.started_at)
        return connection
    reason = visit.reason or "unknown"
    if isinstance(trouble, LoginRequired | CredentialMissing):
        return connection.with_login_required(reason, read_at=visit.started_at)
    if isinstance(trouble, QuotaExhausted | RateLimited):
        return connection.postponed(trouble.retry_at(now))
    return connection.with_failure(reason, now=now)


def _check_at(connection: Connection, refresh: Refresh | None) -> datetime | None:
    if refresh is None or connection.open_refresh_id is None:
        return None
    # A purchase that was not called yet keeps the time it is to be tried at.
    return refresh.next_check_at if connection.open_refresh_called else connection.due_at


def _progress(
    account: Account, refresh: Refresh, visit: Visit, marks: Mapping[str, datetime]
) -> AccountProgress:
    if not account.report.is_readable:
        return AccountProgress.GONE
    stored = visit.stored.get(account.id)
    if stored is not None and stored.is_confirmed and _is_proof(refresh, stored.reading):
        return AccountProgress.DONE
    marked_at = marks.get(account.report.provider_account_id)
    if marked_at is not None and refresh.started_at is not None and marked_at > refresh.started_at:
        return AccountProgress.REPORTED
    return refresh.accounts[account.id]


def _is_proof(refresh: Refresh, reading: HoldingsReading) -> bool:
    """Tell whether data is newer than the call; a live read proves itself by when it began."""
    if refresh.started_at is None:
        return False
    if refresh.method is Method.READ:
        return reading.started_at >= refresh.started_at
    as_of = reading.broker_as_of or reading.provider_synced_at
    return as_of is not None and as_of > refresh.started_at
