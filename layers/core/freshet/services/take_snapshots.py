"""The reader: one visit at the provider for one connection, and everything that follows from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from freshet.domain.account import Account
from freshet.domain.call_errors import (
    AllowanceExhausted,
    CallFailed,
    LoginRequired,
    ProviderError,
    ProviderRejectedUs,
    RateLimited,
)
from freshet.domain.connection import READ_LEASE, Connection
from freshet.domain.connection_status import GONE
from freshet.domain.errors import (
    ConcurrentChange,
    CredentialMissing,
    Erased,
    NotFound,
    ProviderNotConfigured,
    SnapshotTooLarge,
    VisitTooLong,
)
from freshet.domain.leaving import at_rest
from freshet.domain.orders import ReadOrder, ReadReason
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.refresh import Refresh
from freshet.domain.visit import (
    Scope,
    Visit,
    calls_expected,
    connection_after_visit,
    refresh_after_visit,
    scope_for,
)
from freshet.domain.webhooks import has_news, is_marked
from freshet.observability import count, logger, provider_fact
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
from freshet.services.store_reading import store_reading
from freshet.services.supersede import judged_connection

_TRIES = 10  # each lost race means that somebody else got on
# After one of these, asking for the connection's other accounts can bring nothing but harm.
_ENDS_THE_VISIT = (LoginRequired, RateLimited, ProviderRejectedUs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
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


def take_snapshots(order: ReadOrder, *, parts: Reading) -> None:
    """Work one order; raises only for trouble on our side, so that the message comes again."""
    try:
        _take_snapshots(order, parts)
    except (NotFound, Erased):
        count("ReadOrderOrphaned")  # the connection was removed meanwhile


def _take_snapshots(order: ReadOrder, parts: Reading) -> None:
    started_at = parts.clock()
    connection = _with_lease(order, parts, started_at)
    if connection.reading_until != started_at + READ_LEASE:
        # Another reader is at it, or has been; it may have died with the outbox full.
        announce(connection, connections=parts.connections, bus=parts.bus)
        count("ReadNotNeeded")
        return
    was_due, connection = connection.passed_on_at, judged_connection(connection, parts=parts)
    if connection.status in GONE or (was_due and not _is_worth_reading(connection)):
        # Superseded by a newer one, which is read instead, or still needed and fast asleep.
        after = parts.connections.change(
            order.user_id, order.connection_id, lambda row: row.not_read(now=started_at)
        )
        announce(after, connections=parts.connections, bus=parts.bus)
        return
    is_webhook = order.reason is ReadReason.WEBHOOK
    visit = Visit(
        started_at=started_at,
        scope=scope_for(connection, is_webhook=is_webhook),
        is_background=order.reason is ReadReason.DUE and connection.is_read_for_nobody,
        is_awaited=order.reason in (ReadReason.FIRST_LOAD, ReadReason.REFRESH),
        passed_on=frozenset(connection.passed_on.values()),
    )
    _visit(visit, connection, parts)
    refresh = _refresh_after(visit, connection, parts)
    now = parts.clock()
    after = parts.connections.change(
        order.user_id,
        order.connection_id,
        lambda current: connection_after_visit(current, visit, refresh, now=now),
        known=connection,
    )
    announce(after, connections=parts.connections, bus=parts.bus)
    count("ConnectionRead" if visit.trouble is None else "ConnectionReadFailed")
    count(provider_fact(connection.provider, "ConnectionRead"))
    if visit.is_news(connection, parts.traits[connection.provider]):
        count("WebhookMissed")
        logger.warning("Webhook missed", reason="missed_webhook")
    logger.info(
        "Connection read",
        scope=visit.scope,
        accounts_stored=len(visit.stored),
        reason=visit.reason,
    )


def _is_worth_reading(connection: Connection) -> bool:
    return connection.is_awake or not connection.is_read_for_nobody


def _with_lease(order: ReadOrder, parts: Reading, now: datetime) -> Connection:
    def step(current: Connection) -> Connection:
        # Marks answered by an earlier message of the same burst leave nothing to do for this one.
        if current.status in GONE:
            return at_rest(current)
        is_answered = order.reason is ReadReason.WEBHOOK and not has_news(current.marks)
        if is_answered or current.is_being_read(now=now):
            return current
        return current.started_reading(now=now)

    return parts.connections.change(order.user_id, order.connection_id, step)


def _visit(visit: Visit, connection: Connection, parts: Reading) -> None:
    try:
        session = parts.providers.open(connection)
        calls = calls_expected(connection, visit.scope, parts.traits[connection.provider])
        session.expect(calls, is_awaited=visit.is_awaited)
        _look_around(visit, session, connection, parts)
        visit.calls = session.calls
    except (CallFailed, CredentialMissing, ProviderNotConfigured) as trouble:
        visit.trouble = trouble


def _look_around(
    visit: Visit, session: ProviderSession, connection: Connection, parts: Reading
) -> None:
    if visit.scope is Scope.EVERYTHING:
        visit.report = session.connection()
        if visit.report.is_disabled:
            return  # its answers are frozen: they prove nothing and cost quota
    # Only now: a visit without quota, or to a provider in trouble, has not read anything.
    if visit.is_background:
        _demand_allowance(visit, connection, parts)
    visit.accounts = list_accounts(session, connection, visit.report, parts=parts)
    _read_accounts(visit, session, connection, parts)


def _demand_allowance(visit: Visit, connection: Connection, parts: Reading) -> None:
    etiquette, now = parts.traits[connection.provider].etiquette, parts.clock()
    most = etiquette.background_reads_per_user_and_day
    today = now.astimezone(UTC).date()
    if most is None or connection.allowed_on == today:
        return
    if not parts.allowance.take(connection.user_id, most=most, now=now):
        raise AllowanceExhausted(connection.first_read_tomorrow(now=now))
    visit.allowed_on = today


def _read_accounts(
    visit: Visit, session: ProviderSession, connection: Connection, parts: Reading
) -> None:
    owing: set[str] = set()
    etiquette = parts.traits[connection.provider].etiquette
    for account in _in_turn(visit.accounts, connection.consecutive_failures):
        is_whole = visit.scope is Scope.EVERYTHING
        is_asked_for = is_whole or is_marked(connection.marks, account.report.provider_account_id)
        days = days_wanted(account, connection, visit, session, etiquette=etiquette)
        if not account.report.is_readable or not (is_asked_for or days):
            continue
        if visit.is_too_long(now=parts.clock()):
            visit.trouble = VisitTooLong()
            return
        if is_asked_for:
            with _by_itself(visit):
                _read_account(visit, session, account, parts)
        if days:
            owing.add(account.report.provider_account_id)
            with _by_itself(visit):
                read_transactions(
                    account,
                    days,
                    visit,
                    session,
                    accounts=parts.accounts,
                    transactions=parts.transactions,
                )
    visit.is_through = owing <= visit.transactions_read


@contextmanager
def _by_itself(visit: Visit) -> Iterator[None]:
    """Keep one account's trouble to itself: the others are read all the same."""
    try:
        yield
    except (ProviderError, SnapshotTooLarge) as trouble:
        if isinstance(trouble, _ENDS_THE_VISIT):
            raise
        visit.trouble = trouble


def _in_turn(accounts: tuple[Account, ...], failures: int) -> tuple[Account, ...]:
    # Begins elsewhere after each failed visit, so that no account is left out for ever.
    first = failures % len(accounts) if accounts else 0
    return accounts[first:] + accounts[:first]


def _read_account(visit: Visit, session: ProviderSession, account: Account, parts: Reading) -> None:
    reading = replace(
        session.holdings(account.report),
        is_partial=account.is_partial,
        is_reloaded=account.is_reloaded,
    )
    stored = store_reading(account, reading, snapshots=parts.snapshots)
    if stored is not None:
        visit.stored[account.id] = stored


def _refresh_after(visit: Visit, connection: Connection, parts: Reading) -> Refresh | None:
    if connection.open_refresh_id is None:
        return None
    now = parts.clock()
    for _ in range(_TRIES):
        refresh = parts.refreshes.get(connection.user_id, connection.open_refresh_id)
        after = refresh_after_visit(refresh, visit, connection.marks, now=now)
        if after == refresh:
            return refresh
        try:
            saved = parts.refreshes.save(after)
        except ConcurrentChange:
            continue
        if saved.is_terminal:
            count("RefreshFinished")
            logger.info("Refresh finished", refresh_id=saved.id, status=saved.status)
        return saved
    raise ConcurrentChange(connection.open_refresh_id)
