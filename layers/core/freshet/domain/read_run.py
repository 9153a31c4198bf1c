"""What one read at a provider found out, and what that means for connection and refresh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from freshet.domain.account import Account
from freshet.domain.call_errors import (
    AccessRevoked,
    CallFailed,
    LoginRequired,
    MissingUpstream,
    ProviderError,
    QuotaExhausted,
    RateLimited,
)
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport, DataMode
from freshet.domain.errors import (
    CredentialMissing,
    ProviderNotConfigured,
    ReadRunTooLong,
    SnapshotTooLarge,
)
from freshet.domain.events import Event, EventKind
from freshet.domain.pending_reads import PendingReads
from freshet.domain.provider_traits import ProviderTraits
from freshet.domain.refresh import AccountProgress, Kind, Method, Refresh, note_proof, pass_check
from freshet.domain.schedule import calls_of
from freshet.domain.snapshot import HoldingsReading

Trouble = CallFailed | CredentialMissing | ProviderNotConfigured | ReadRunTooLong | SnapshotTooLarge

READ_RUN_LIMIT = timedelta(seconds=60)
"""No account is started after this: the function's timeout leaves time to end the last one."""


class ReadScope(StrEnum):
    """How much of a connection a read looks at."""

    EVERYTHING = "everything"
    MARKED_ACCOUNTS = "marked_accounts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A reading of one account and whether it was believed."""

    reading: HoldingsReading
    is_confirmed: bool
    changed_at: datetime
    is_newer: bool = False
    """It moved the dates of what was stored before."""
    is_changed: bool = False
    """It changed the content of what was stored before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRun:
    """What a read has found so far: each of its steps gives the next value."""

    started_at: datetime
    scope: ReadScope
    is_background: bool = False
    is_awaited: bool = False
    allowed_on: date | None = None
    report: ConnectionReport | None = None
    migrated_accounts: frozenset[str] = frozenset()
    """Accounts that another connection has now: nothing is to be proved of them here."""
    accounts: tuple[Account, ...] = ()
    stored: Mapping[str, Stored] = field(default_factory=dict)
    """What was read of the holdings of an account, by our id."""
    transactions_read: frozenset[str] = frozenset()
    """The provider's ids of accounts whose transactions were read."""
    is_through: bool = False
    """It came to every account, and owes none its transactions."""
    trouble: Trouble | None = None
    calls: int = 0

    @property
    def reason(self) -> str | None:
        """Say in a word what went wrong."""
        if isinstance(self.trouble, CallFailed):
            return self.trouble.reason
        return None if self.trouble is None else _REASONS[type(self.trouble)]

    def is_news(self, connection: Connection, traits: ProviderTraits) -> bool:
        """Tell whether a scheduled read found what a webhook should have announced."""
        if not self.is_background or connection.link.data_mode is DataMode.REALTIME:
            return False
        is_silent = traits.may_sync_silently
        return any(each.is_changed if is_silent else each.is_newer for each in self.stored.values())

    def with_transactions(self, account: Account) -> "ReadRun":
        """Note that an account's transactions were read; `account` says how far."""
        return replace(
            self,
            accounts=tuple(account if each.id == account.id else each for each in self.accounts),
            transactions_read=self.transactions_read | {account.report.provider_account_id},
        )

    @property
    def is_unanswered(self) -> bool:
        """Tell whether the provider did not even say how the connection is."""
        return self.scope is ReadScope.EVERYTHING and self.report is None

    def is_too_long(self, *, now: datetime) -> bool:
        """Tell whether no further account may be started."""
        return now - self.started_at > READ_RUN_LIMIT


_REASONS: dict[type[Exception], str] = {
    CredentialMissing: "credential_missing",
    ProviderNotConfigured: "provider_not_configured",
    ReadRunTooLong: "read_too_long",
    SnapshotTooLarge: "snapshot_too_large",
}


def scope_for(connection: Connection, *, is_webhook: bool) -> ReadScope:
    """A webhook about accounts of a healthy connection needs these accounts and nothing else."""
    is_partial = (
        is_webhook
        and connection.pending
        and not connection.pending.is_about_everything
        and connection.is_awake
        and connection.link.status_read_at is not None
    )
    return ReadScope.MARKED_ACCOUNTS if is_partial else ReadScope.EVERYTHING


def calls_expected(connection: Connection, scope: ReadScope, traits: ProviderTraits) -> int:
    """Say how many calls a read is going to make, as far as it can be known."""
    if scope is ReadScope.EVERYTHING:
        return calls_of(connection, traits)
    transactions = connection.pending.transactions_count
    accounts = len(connection.pending.announced) - transactions
    # The one call that is expected besides the list may be that for transactions.
    more = transactions if accounts else max(0, transactions - 1)
    return traits.calls_for_accounts(accounts) + more


def connection_after_read_run(
    connection: Connection, run: ReadRun, refreshes: Sequence[Refresh], *, now: datetime
) -> Connection:
    """Say what a read means for its connection and its place in the schedule."""
    pending = connection.pending.after_read(
        run.started_at, is_through=run.is_through, transactions_read=run.transactions_read
    )
    learned = replace(connection, pending=pending)
    if run.report is not None:
        learned = learned.with_report(run.report, read_at=run.started_at)
    learned = _after_trouble(learned, run, now=now)
    for refresh in refreshes:
        learned = _after_check(learned, refresh, run, now=now)
    learned = learned.announcing_status(connection, now=now)
    outbox = learned.outbox.with_changes(_changes(connection, run))
    learned = replace(learned, outbox=outbox, schedule=learned.schedule.ended())
    return learned.rescheduled(now=now)


def refresh_after_read_run(
    refresh: Refresh, run: ReadRun, pending: PendingReads, *, now: datetime
) -> Refresh:
    """Take a read's proof into the refresh that waits for it; end it when time is up."""
    found = {
        account.id: _progress(account, refresh, run, pending)
        for account in run.accounts
        if account.id in refresh.accounts
    }
    found |= dict.fromkeys(run.migrated_accounts & refresh.accounts.keys(), AccountProgress.GONE)
    noted = note_proof(refresh, found, now=now)
    # A read that had no quota has not checked anything.
    has_looked = not isinstance(run.trouble, QuotaExhausted | RateLimited)
    return pass_check(noted, now=now) if has_looked else noted


def _changes(connection: Connection, run: ReadRun) -> dict[str, Event]:
    return {
        account_id: Event(
            kind=EventKind.HOLDINGS_CHANGED,
            user_id=connection.user_id,
            connection_id=connection.id,
            subject_id=account_id,
            occurred_at=stored.changed_at,
        )
        for account_id, stored in run.stored.items()
    }


def _after_trouble(connection: Connection, run: ReadRun, *, now: datetime) -> Connection:
    trouble = run.trouble
    if trouble is None:
        if run.scope is ReadScope.EVERYTHING:
            synced = [each.report.synced_at for each in run.accounts if each.report.synced_at]
            return connection.after_reading(
                started_at=run.started_at, calls=run.calls, synced_at=max(synced, default=None)
            )
        return connection
    reason = run.reason or "unknown"
    is_missing = isinstance(trouble, MissingUpstream) and run.is_unanswered
    if is_missing or isinstance(trouble, LoginRequired | CredentialMissing):
        is_revoked = is_missing or isinstance(trouble, AccessRevoked)
        link = connection.link.with_login_required(
            reason, read_at=run.started_at, is_revoked=is_revoked
        )
        return replace(connection, link=link)
    if isinstance(trouble, QuotaExhausted | RateLimited):
        until, allowed_on = trouble.retry_at(now), run.allowed_on
        schedule = connection.schedule.postponed(until, allowed_on=allowed_on)
        return replace(connection, schedule=schedule)
    wait = trouble.wait if isinstance(trouble, ProviderError) else None
    return connection.with_failure(reason, now=now, wait=wait)


def _after_check(
    connection: Connection, refresh: Refresh, run: ReadRun, *, now: datetime
) -> Connection:
    slot = connection.slots.of(refresh.kind)
    if slot.refresh_id != refresh.id:
        return connection  # another one opened while we were reading
    if refresh.is_terminal:
        # Should the buyer have died before it could note the call itself.
        return connection.after_call(refresh, now=now)
    if not slot.is_called:
        return connection  # it keeps its own time
    check_at = refresh.next_check_at
    if isinstance(run.trouble, QuotaExhausted | RateLimited) and check_at is not None:
        check_at = max(check_at, run.trouble.retry_at(now))
    slots = connection.slots.with_slot(refresh.kind, slot.awaiting_proof(check_at))
    return replace(connection, slots=slots)


def _progress(
    account: Account, refresh: Refresh, run: ReadRun, pending: PendingReads
) -> AccountProgress:
    if not account.report.is_readable:
        return AccountProgress.GONE
    if refresh.kind is Kind.TRANSACTIONS:
        # A transactions sync brings yesterday in, never today.
        read_to = account.transactions_read_to
        is_there = read_to is not None and read_to >= yesterday(run.started_at)
        return AccountProgress.DONE if is_there else refresh.accounts[account.id]
    stored = run.stored.get(account.id)
    if stored is not None and stored.is_confirmed and _is_proof(refresh, stored.reading):
        return AccountProgress.DONE
    reported = pending.refreshed(account.report.provider_account_id)
    if reported and refresh.started_at is not None and reported.at > refresh.started_at:
        return AccountProgress.REPORTED
    return refresh.accounts[account.id]


def yesterday(now: datetime) -> date:
    """Name the last day whose transactions can be complete."""
    return now.astimezone(UTC).date() - timedelta(days=1)


def _is_proof(refresh: Refresh, reading: HoldingsReading) -> bool:
    """Tell whether data is newer than the call; a live read proves itself by when it began."""
    if refresh.started_at is None:
        return False
    if refresh.method is Method.READ:
        return reading.started_at >= refresh.started_at
    as_of = reading.broker_as_of or reading.provider_synced_at
    return as_of is not None and not reading.is_partial and _is_after(as_of, refresh.started_at)


def _is_after(as_of: datetime, started_at: datetime) -> bool:
    # Plaid cuts its times off at the second: the very second of the call counts as after it.
    is_cut = as_of.microsecond == 0
    return as_of >= started_at.replace(microsecond=0) if is_cut else as_of > started_at
