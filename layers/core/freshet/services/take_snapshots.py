"""The reader: one read of one connection at its provider, and everything that follows from it."""

from collections.abc import Iterator
from copy import replace
from datetime import UTC, tzinfo

from msgspec import Struct

from freshet import metrics
from freshet.domain.call_errors import (
    AllowanceExhausted,
    CallFailed,
)
from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection import Connection
from freshet.domain.connection_status import BROKEN, GONE
from freshet.domain.errors import (
    CredentialMissing,
    Erased,
    NotFound,
    ProviderNotConfigured,
)
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.read_run import ReadRun, connection_after_read_run
from freshet.domain.read_scope import ReadScope, calls_expected, scope_for
from freshet.domain.removal_rules import at_rest
from freshet.domain.trouble import details_of
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
    RecentVerdicts,
    Refreshes,
    SnapshotStore,
    Transactions,
)
from freshet.services.announce import announce
from freshet.services.blast_guard import is_one_of_many
from freshet.services.finish_refresh import finish_refresh
from freshet.services.list_accounts import list_accounts
from freshet.services.read_accounts import read_accounts
from freshet.services.supersede import judged_connection


class TakeSnapshotsDependencies(Struct, frozen=True, kw_only=True):
    """What a read needs from outside."""

    connections: Connections
    accounts: Accounts
    register: AccountRegister
    erasures: Erasures
    refreshes: Refreshes
    snapshots: SnapshotStore
    transactions: Transactions
    providers: Providers[ProviderSession]
    allowance: ReadAllowance
    verdicts: RecentVerdicts
    bus: Bus
    traits: TraitsByProvider
    zone: tzinfo
    clock: Clock


def take_snapshots(command: ReadCommand, *, deps: TakeSnapshotsDependencies) -> None:
    """Work one command; raises only for trouble on our side, so that the message comes again."""
    try:
        _take_snapshots(command, deps)
    except (NotFound, Erased):
        logger.debug("Connection was removed meanwhile")


def _take_snapshots(command: ReadCommand, deps: TakeSnapshotsDependencies) -> None:
    started_at, is_webhook = deps.clock(), command.reason is ReadReason.WEBHOOK
    owner = (command.user_id, command.connection_id)
    connection = deps.connections.lease(*owner, only_pending=is_webhook, now=started_at)
    if connection is None:
        # Another reader is at it, or has been; it may have died with the outbox full.
        current = deps.connections.change(*owner, _at_rest_if_gone)
        announce(current, connections=deps.connections, bus=deps.bus)
        return
    if is_webhook and not connection.pending.has_news:
        # What an earlier message of the same burst has answered leaves nothing for this one.
        back = deps.connections.change(
            *owner, lambda row: row.not_read(now=started_at), known=connection
        )
        announce(back, connections=deps.connections, bus=deps.bus)
        return
    was_due, connection = connection.migration.migrated_at, judged_connection(connection, deps=deps)
    if connection.link.status in GONE or (was_due and not _is_worth_reading(connection)):
        # Superseded by a newer one, which is read instead, or still needed and fast asleep.
        after = deps.connections.change(
            command.user_id, command.connection_id, lambda row: row.not_read(now=started_at)
        )
        announce(after, connections=deps.connections, bus=deps.bus)
        return
    run = ReadRun(
        started_at=started_at,
        scope=scope_for(connection, command.reason),
        is_background=command.reason is ReadReason.DUE and connection.is_background_read,
        is_awaited=command.reason in (ReadReason.FIRST_LOAD, ReadReason.REFRESH),
        migrated_accounts=frozenset(connection.migration.migrated_accounts.values()),
    )
    run = _read(run, connection, deps)
    now = deps.clock()
    verdict = run.verdict(connection)
    if verdict is not None and connection.link.status not in BROKEN:
        is_mass = is_one_of_many(connection, deps.verdicts, now=now)
        run = replace(run, is_mass=is_mass)
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
    count(metrics.CONNECTION_READ_BY_PROVIDER.member(connection.provider))
    if run.trouble is not None:
        count(metrics.CONNECTION_READ_FAILED)
    if is_news := run.is_news(connection, deps.traits[connection.provider]):
        count(metrics.WEBHOOK_MISSED)
    logger.info(
        "Connection read",
        seconds=(now - started_at).total_seconds(),
        provider=connection.provider,
        scope=run.scope,
        calls=run.calls,
        accounts_stored=len(run.stored),
        is_webhook_missed=is_news,
        troubles=[details_of(each) for each in run.troubles] or None,
    )


def _is_worth_reading(connection: Connection) -> bool:
    return connection.is_awake or not connection.is_background_read


def _at_rest_if_gone(connection: Connection) -> Connection:
    return at_rest(connection) if connection.link.status in GONE else connection


def _read(run: ReadRun, connection: Connection, deps: TakeSnapshotsDependencies) -> ReadRun:
    """Take the steps of a read; what was found before one that failed is kept."""
    session = None
    try:
        session = deps.providers.open(connection)
        calls = calls_expected(connection, run.scope, deps.traits[connection.provider])
        session.expect(calls, is_awaited=run.is_awaited)
        for after in _steps(run, session, connection, deps):
            run = after
    except (CallFailed, CredentialMissing, ProviderNotConfigured) as trouble:
        run = run.with_trouble(trouble)
    return run if session is None else replace(run, calls=session.calls)


def _steps(
    run: ReadRun, session: ProviderSession, connection: Connection, deps: TakeSnapshotsDependencies
) -> Iterator[ReadRun]:
    """Give the run after each step: report, allowance, accounts, and what is read of each."""
    if run.scope is not ReadScope.MARKED_ACCOUNTS:
        is_look = run.scope is ReadScope.STATUS
        report = session.look() if is_look else session.connection()
        run = replace(run, report=report)
        yield run
        if report.is_disabled:
            return  # the answers of a disabled one are frozen: they prove nothing and cost quota
        if run.scope is ReadScope.STATUS:  # it works again: what it holds is read, too
            run = replace(run, scope=ReadScope.EVERYTHING)
    # Only now: a read without quota, or at a provider in trouble, has not read anything.
    if run.is_background:
        run = _with_allowance(run, connection, deps)
        yield run
    run = replace(run, accounts=list_accounts(session, connection, run.report, deps=deps))
    yield run
    yield from read_accounts(run, session, connection, deps=deps)


def _with_allowance(
    run: ReadRun, connection: Connection, deps: TakeSnapshotsDependencies
) -> ReadRun:
    limits, now = deps.traits[connection.provider].limits, deps.clock()
    most = limits.background_reads_per_user_and_day
    today = now.astimezone(UTC).date()
    if most is None or connection.schedule.allowed_on == today:
        return run
    if not deps.allowance.take(connection.user_id, most=most, now=now):
        raise AllowanceExhausted(connection.first_read_tomorrow(now=now))
    return replace(run, allowed_on=today)
