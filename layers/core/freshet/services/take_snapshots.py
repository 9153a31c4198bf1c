"""The reader: one visit at the provider for one connection, and everything that follows from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from freshet import metrics
from freshet.domain.account import Account
from freshet.domain.call_errors import (
    AllowanceExhausted,
    CallFailed,
    LoginRequired,
    ProviderError,
    ProviderRejectedUs,
    RateLimited,
)
from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection import Connection
from freshet.domain.connection_status import GONE
from freshet.domain.errors import (
    CredentialMissing,
    Erased,
    NotFound,
    ProviderNotConfigured,
    ReadRunTooLong,
    SnapshotTooLarge,
)
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.read_run import (
    ReadRun,
    ReadScope,
    calls_expected,
    connection_after_read_run,
    scope_for,
)
from freshet.domain.read_schedule import READ_LEASE
from freshet.domain.removal_rules import at_rest
from freshet.observability import count, logger
from freshet.ports import (
    AccountRegister,
    Accounts,
    Bus,
    Clock,
    Connections,
    Erasures,
    Providers,
    ProviderSession,
    ReadAllowance,
    Refreshes,
    SnapshotStore,
    Transactions,
)
from freshet.services.announce import announce
from freshet.services.list_accounts import list_accounts
from freshet.services.read_transactions import days_wanted, read_transactions
from freshet.services.refresh_connection import finish_refresh
from freshet.services.store_reading import store_reading
from freshet.services.supersede import judged_connection

# After one of these, asking for the connection's other accounts can bring nothing but harm.
_ENDS_THE_VISIT = (LoginRequired, RateLimited, ProviderRejectedUs)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSnapshotsDependencies:
    """What a visit needs from outside."""

    connections: Connections
    accounts: Accounts
    register: AccountRegister
    erasures: Erasures
    refreshes: Refreshes
    snapshots: SnapshotStore
    transactions: Transactions
    providers: Providers[ProviderSession]
    allowance: ReadAllowance
    bus: Bus
    traits: TraitsByProvider
    clock: Clock


def take_snapshots(command: ReadCommand, *, deps: TakeSnapshotsDependencies) -> None:
    """Work one command; raises only for trouble on our side, so that the message comes again."""
    try:
        _take_snapshots(command, deps)
    except (NotFound, Erased):
        count(metrics.READ_COMMAND_ORPHANED)  # the connection was removed meanwhile


def _take_snapshots(command: ReadCommand, deps: TakeSnapshotsDependencies) -> None:
    started_at = deps.clock()
    connection = _with_lease(command, deps, started_at)
    if connection.schedule.reading_until != started_at + READ_LEASE:
        # Another reader is at it, or has been; it may have died with the outbox full.
        announce(connection, connections=deps.connections, bus=deps.bus)
        count(metrics.READ_NOT_NEEDED)
        return
    was_due, connection = connection.migration.migrated_at, judged_connection(connection, deps=deps)
    if connection.link.status in GONE or (was_due and not _is_worth_reading(connection)):
        # Superseded by a newer one, which is read instead, or still needed and fast asleep.
        after = deps.connections.change(
            command.user_id, command.connection_id, lambda row: row.not_read(now=started_at)
        )
        announce(after, connections=deps.connections, bus=deps.bus)
        return
    is_webhook = command.reason is ReadReason.WEBHOOK
    run = ReadRun(
        started_at=started_at,
        scope=scope_for(connection, is_webhook=is_webhook),
        is_background=command.reason is ReadReason.DUE and connection.is_background_read,
        is_awaited=command.reason in (ReadReason.FIRST_LOAD, ReadReason.REFRESH),
        migrated_accounts=frozenset(connection.migration.migrated_accounts.values()),
    )
    _read(run, connection, deps)
    now = deps.clock()
    refreshes = [
        finish_refresh(each, connection, run, refreshes=deps.refreshes, now=now)
        for each in connection.slots.open_ids
    ]
    after = deps.connections.change(
        command.user_id,
        command.connection_id,
        lambda current: connection_after_read_run(current, run, refreshes, now=now),
        known=connection,
    )
    announce(after, connections=deps.connections, bus=deps.bus)
    count(metrics.CONNECTION_READ if run.trouble is None else metrics.CONNECTION_READ_FAILED)
    count(metrics.CONNECTION_READ_BY_PROVIDER.member(connection.provider))
    if run.is_news(connection, deps.traits[connection.provider]):
        count(metrics.WEBHOOK_MISSED)
        logger.warning("Webhook missed", reason="missed_webhook")
    logger.info(
        "Connection read",
        scope=run.scope,
        accounts_stored=len(run.stored),
        reason=run.reason,
    )


def _is_worth_reading(connection: Connection) -> bool:
    return connection.is_awake or not connection.is_background_read


def _with_lease(command: ReadCommand, deps: TakeSnapshotsDependencies, now: datetime) -> Connection:
    def step(current: Connection) -> Connection:
        # What an earlier message of the same burst has answered leaves nothing to do for this one.
        if current.link.status in GONE:
            return at_rest(current)
        is_answered = command.reason is ReadReason.WEBHOOK and not current.pending.has_news
        if is_answered or current.schedule.is_being_read(now=now):
            return current
        return replace(current, schedule=current.schedule.started(now=now))

    return deps.connections.change(command.user_id, command.connection_id, step)


def _read(run: ReadRun, connection: Connection, deps: TakeSnapshotsDependencies) -> None:
    try:
        session = deps.providers.open(connection)
        calls = calls_expected(connection, run.scope, deps.traits[connection.provider])
        session.expect(calls, is_awaited=run.is_awaited)
        _look_around(run, session, connection, deps)
        run.calls = session.calls
    except (CallFailed, CredentialMissing, ProviderNotConfigured) as trouble:
        run.trouble = trouble


def _look_around(
    run: ReadRun, session: ProviderSession, connection: Connection, deps: TakeSnapshotsDependencies
) -> None:
    if run.scope is ReadScope.EVERYTHING:
        run.report = session.connection()
        if run.report.is_disabled:
            return  # its answers are frozen: they prove nothing and cost quota
    # Only now: a visit without quota, or to a provider in trouble, has not read anything.
    if run.is_background:
        _demand_allowance(run, connection, deps)
    run.accounts = list_accounts(session, connection, run.report, deps=deps)
    _read_accounts(run, session, connection, deps)


def _demand_allowance(
    run: ReadRun, connection: Connection, deps: TakeSnapshotsDependencies
) -> None:
    etiquette, now = deps.traits[connection.provider].etiquette, deps.clock()
    most = etiquette.background_reads_per_user_and_day
    today = now.astimezone(UTC).date()
    if most is None or connection.schedule.allowed_on == today:
        return
    if not deps.allowance.take(connection.user_id, most=most, now=now):
        raise AllowanceExhausted(connection.first_read_tomorrow(now=now))
    run.allowed_on = today


def _read_accounts(
    run: ReadRun, session: ProviderSession, connection: Connection, deps: TakeSnapshotsDependencies
) -> None:
    owing: set[str] = set()
    etiquette = deps.traits[connection.provider].etiquette
    for account in _in_turn(run.accounts, connection.schedule.consecutive_failures):
        is_whole = run.scope is ReadScope.EVERYTHING
        is_asked_for = is_whole or connection.pending.has_holdings_of(
            account.report.provider_account_id
        )
        days = days_wanted(account, connection, run, session, etiquette=etiquette)
        if not account.report.is_readable or not (is_asked_for or days):
            continue
        if run.is_too_long(now=deps.clock()):
            run.trouble = ReadRunTooLong()
            return
        if is_asked_for:
            with _by_itself(run):
                _read_account(run, session, account, deps)
        if days:
            owing.add(account.report.provider_account_id)
            with _by_itself(run):
                read_transactions(
                    account,
                    days,
                    run,
                    session,
                    accounts=deps.accounts,
                    transactions=deps.transactions,
                )
    run.is_through = owing <= run.transactions_read


@contextmanager
def _by_itself(run: ReadRun) -> Iterator[None]:
    """Keep one account's trouble to itself: the others are read all the same."""
    try:
        yield
    except (ProviderError, SnapshotTooLarge) as trouble:
        if isinstance(trouble, _ENDS_THE_VISIT):
            raise
        run.trouble = trouble


def _in_turn(accounts: tuple[Account, ...], failures: int) -> tuple[Account, ...]:
    # Begins elsewhere after each failed visit, so that no account is left out for ever.
    first = failures % len(accounts) if accounts else 0
    return accounts[first:] + accounts[:first]


def _read_account(
    run: ReadRun, session: ProviderSession, account: Account, deps: TakeSnapshotsDependencies
) -> None:
    reading = replace(
        session.holdings(account.report),
        is_partial=account.is_partial,
        is_reloaded=account.is_reloaded,
    )
    stored = store_reading(account, reading, snapshots=deps.snapshots)
    if stored is not None:
        run.stored[account.id] = stored
