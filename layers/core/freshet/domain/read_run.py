"""What one read at a provider found out, and what that means for connection and refresh."""

from collections.abc import Mapping, Sequence
from copy import replace
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct, field

from freshet.domain.account import Account
from freshet.domain.call_errors import (
    MissingUpstream,
    ProviderError,
    QuotaExhausted,
    RateLimited,
)
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport, DataMode
from freshet.domain.errors import CredentialMissing
from freshet.domain.events import Event, EventKind
from freshet.domain.pending_reads import PendingReads
from freshet.domain.price_basis import PriceBases
from freshet.domain.provider_traits import ProviderTraits
from freshet.domain.read_scope import ReadScope
from freshet.domain.reconciliation import Reconciliation
from freshet.domain.refresh import (
    AccountProgress,
    Kind,
    Method,
    Refresh,
    RefreshStatus,
    note_proof,
    pass_check,
)
from freshet.domain.snapshot import HoldingsReading
from freshet.domain.trouble import Trouble, reason_of
from freshet.domain.verdicts import Verdict, VerdictKind, verdict_of

READ_RUN_LIMIT = timedelta(seconds=60)
"""No account is started after this: the function's timeout leaves time to end the last one."""


class Stored(Struct, frozen=True, kw_only=True):
    """A reading of one account and whether it was believed."""

    reading: HoldingsReading
    is_confirmed: bool
    changed_at: datetime
    is_newer: bool = False
    """It moved the dates of what was stored before."""
    is_changed: bool = False
    """It changed the content of what was stored before."""
    reconciliation: Reconciliation | None = None
    """How its total stands to the stated one, where it was stored."""
    price_bases: PriceBases = field(default_factory=dict)
    """What it decided of prices."""


class ReadRun(Struct, frozen=True, kw_only=True):
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
    is_mass: bool = False
    """Many users' reads bring a verdict at the moment, as this one does."""
    calls: int = 0
    troubles: tuple[Trouble, ...] = ()
    """All that went wrong, `trouble` being the last of it."""

    def with_trouble(self, trouble: Trouble) -> "ReadRun":
        """Note that something went wrong."""
        return replace(self, trouble=trouble, troubles=(*self.troubles, trouble))

    @property
    def reason(self) -> str | None:
        """Say in a word what went wrong."""
        return None if self.trouble is None else reason_of(self.trouble)

    def is_news(self, connection: Connection, traits: ProviderTraits) -> bool:
        """Tell whether a scheduled read found what a webhook should have announced."""
        if not self.is_background or connection.link.data_mode is DataMode.REALTIME:
            return False
        is_silent = traits.may_sync_silently
        return any(each.is_changed if is_silent else each.is_newer for each in self.stored.values())

    def asks_for(self, account: Account, pending: PendingReads) -> bool:
        """Tell whether an account's holdings are to be read."""
        is_whole = self.scope is ReadScope.EVERYTHING
        return is_whole or pending.has_holdings_of(account.report.provider_account_id)

    def account(self, account_id: str) -> Account:
        """Give an account as it is by now."""
        return next(each for each in self.accounts if each.id == account_id)

    def with_account(self, account: Account) -> "ReadRun":
        """Note what an account has become."""
        listed = tuple(account if each.id == account.id else each for each in self.accounts)
        return replace(self, accounts=listed)

    def with_transactions(self, account: Account) -> "ReadRun":
        """Note that an account's transactions were read; `account` says how far."""
        name = account.report.provider_account_id
        noted = self.with_account(account)
        return replace(noted, transactions_read=self.transactions_read | {name})

    @property
    def is_unanswered(self) -> bool:
        """Tell whether the provider did not even say how the connection is."""
        return self.scope is not ReadScope.MARKED_ACCOUNTS and self.report is None

    def verdict(self, connection: Connection) -> Verdict | None:
        """Say what it found of the link, where that stops something."""
        is_expected = connection.pending.has_removal
        if self.trouble is None:
            is_disabled = self.report is not None and self.report.is_disabled
            return Verdict(kind=VerdictKind.STATED, reason=_DISABLED) if is_disabled else None
        kind = type(self.trouble)
        if issubclass(kind, MissingUpstream) and not self.is_unanswered:
            return None  # it is about an account
        return verdict_of(kind, self.reason or _UNKNOWN, is_expected=is_expected)

    def is_too_long(self, *, now: datetime) -> bool:
        """Tell whether no further account may be started."""
        return now - self.started_at > READ_RUN_LIMIT


_DISABLED, _UNKNOWN = "disabled_at_provider", "unknown"


def connection_after_read_run(
    connection: Connection, run: ReadRun, refreshes: Sequence[Refresh], *, now: datetime
) -> Connection:
    """Say what a read means for its connection and its place in the schedule."""
    pending = connection.pending.after_read(
        run.started_at, is_through=run.is_through, transactions_read=run.transactions_read
    )
    learned, verdict = replace(connection, pending=pending), run.verdict(connection)
    if run.report is not None and (verdict is None or run.report.is_disabled):
        learned = learned.with_report(run.report, read_at=run.started_at)
    learned = _after_trouble(learned, run, verdict, now=now)
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


def _after_trouble(
    connection: Connection, run: ReadRun, verdict: Verdict | None, *, now: datetime
) -> Connection:
    trouble, reason = run.trouble, run.reason or _UNKNOWN
    if verdict is not None:
        return _after_verdict(connection, verdict, run, now=now)
    if trouble is None:
        return _after_success(connection, run, now=now)
    if isinstance(trouble, CredentialMissing):
        link = connection.link.with_login_required(reason, read_at=run.started_at)
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
    # Should the buyer have died before it could note the call, or its refusal, itself.
    if refresh.status is RefreshStatus.REFUSED:
        paused = replace(slot, not_before=refresh.retry_at or slot.not_before)
        slots = connection.slots.with_slot(refresh.kind, paused)
        return replace(connection, slots=slots).without_refresh(refresh, now=now)
    if refresh.is_terminal:
        return connection.after_call(refresh, now=now)
    if not slot.is_called:
        return connection  # it keeps its own time
    check_at = refresh.next_check_at
    if isinstance(run.trouble, QuotaExhausted | RateLimited) and check_at is not None:
        check_at = max(check_at, run.trouble.retry_at(now))
    slots = connection.slots.with_slot(refresh.kind, slot.awaiting_proof(check_at))
    return replace(connection, slots=slots)


def _after_verdict(
    connection: Connection, verdict: Verdict, run: ReadRun, *, now: datetime
) -> Connection:
    link = connection.link.with_verdict(
        verdict, read_at=run.started_at, is_mass=run.is_mass, now=now
    )
    schedule = connection.schedule
    if link.suspicion is not None:
        wait = run.trouble.wait if isinstance(run.trouble, ProviderError) else None
        schedule = schedule.after_failure(now=now, wait=wait)
    return replace(connection, link=link, schedule=schedule)


def _after_success(connection: Connection, run: ReadRun, *, now: datetime) -> Connection:
    if run.scope is ReadScope.MARKED_ACCOUNTS:
        return connection
    synced = [each.report.synced_at for each in run.accounts if each.report.synced_at]
    return connection.after_reading(
        started_at=run.started_at, calls=run.calls, synced_at=max(synced, default=None)
    )


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
