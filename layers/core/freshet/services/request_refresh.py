"""A user presses refresh: buy in place, or read where buying is pointless."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from freshet.domain.commands import ReadCommand, ReadReason, RefreshCommand
from freshet.domain.connection import Connection
from freshet.domain.errors import ConcurrentChange, NotFound
from freshet.domain.identifiers import new_refresh_id, refresh_id_for
from freshet.domain.prices import FREE
from freshet.domain.provider import Provider
from freshet.domain.purchase import check_before_live_read
from freshet.domain.refresh import (
    CHECKS_AFTER,
    AccountProgress,
    Kind,
    Method,
    Refresh,
    RefreshStatus,
    Trigger,
)
from freshet.domain.removal_rules import demand_linked, demand_not_removed
from freshet.ports import Budgets, Refreshes, RefreshQueue
from freshet.services.billable_call import Purchase, PurchaseDependencies
from freshet.services.purchase_refresh import purchase_refresh, reserve_refresh


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRequest:
    """A user's wish; `actor` is who acts, the user or a machine on the user's behalf."""

    user_id: str
    connection_id: str
    actor: str
    idempotency_key: str | None = None
    is_one_of_all: bool = False
    """Asked for with all the user's connections: so many would not fit into one answer's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefreshDependencies:
    """What a request needs from outside."""

    purchasing: PurchaseDependencies
    budgets: Budgets
    queue: RefreshQueue
    random_bytes: Callable[[int], bytes]
    transactions_at: frozenset[Provider]
    """The providers at which this deployment reads transactions."""


def request_refresh(request: RefreshRequest, *, deps: RequestRefreshDependencies) -> Purchase:
    """Refresh one connection for a user; the same idempotency key gives the same refresh.

    Raises what `purchase_refresh` raises.
    """
    connection = deps.purchasing.connections.get(request.user_id, request.connection_id)
    refresh_id = refresh_id_of(request, deps.random_bytes, kind=Kind.HOLDINGS)
    known = asked_before(request, refresh_id, deps.purchasing.refreshes)
    if known is not None and known.status is not RefreshStatus.RESERVED:
        return Purchase(refresh=known)
    demand_not_removed(connection)  # nor is its open refresh joined: it ends with the connection
    if not connection.can_refresh:
        wanted = unpaid_refresh(
            request, refresh_id, connection, deps, kind=Kind.HOLDINGS, method=Method.READ
        )
        return read_instead(wanted, connection, deps)
    command = RefreshCommand(
        user_id=request.user_id,
        connection_id=request.connection_id,
        refresh_id=refresh_id,
        trigger=Trigger.USER,
        actor=request.actor,
    )
    if deps.purchasing.traits[connection.provider].buys_in_place and not request.is_one_of_all:
        return purchase_refresh(command, deps=deps.purchasing, may_wait=False)
    purchase = reserve_refresh(command, deps=deps.purchasing)
    if purchase.refresh.status is RefreshStatus.RESERVED:
        # Should the message be lost, the connection is due again within minutes anyway.
        deps.queue.send([replace(command, refresh_id=purchase.refresh.id)])
    return purchase


def read_instead(
    wanted: Refresh, connection: Connection, deps: RequestRefreshDependencies
) -> Purchase:
    """Answer a wish by a free live read, where asking the broker is pointless or not wanted."""
    demand_linked(connection)
    if connection.open_refresh_id is not None:
        return join_open(wanted, connection, deps.purchasing)
    etiquette = deps.purchasing.traits[connection.provider].etiquette
    check_before_live_read(connection, etiquette=etiquette, now=deps.purchasing.clock())
    try:
        refresh = deps.purchasing.refreshes.open(_started(wanted, deps.purchasing))
    except ConcurrentChange:
        return join_after_race(wanted, deps.purchasing)
    command = ReadCommand(
        user_id=wanted.user_id, connection_id=wanted.connection_id, reason=ReadReason.REFRESH
    )
    # Should the message be lost, the connection is due again within minutes anyway.
    deps.purchasing.reads.send([command])
    return Purchase(refresh=refresh)


def refresh_id_of(
    request: RefreshRequest, random_bytes: Callable[[int], bytes], *, kind: Kind
) -> str:
    """Derive a refresh's id from the idempotency key, or draw one."""
    if request.idempotency_key is None:
        return new_refresh_id(request.connection_id, random_bytes)
    route = ("all", kind) if request.is_one_of_all else (kind,)
    return refresh_id_for(request.connection_id, *route, request.user_id, request.idempotency_key)


def asked_before(request: RefreshRequest, refresh_id: str, refreshes: Refreshes) -> Refresh | None:
    """Find what the same idempotency key has brought before."""
    if request.idempotency_key is None:
        return None
    try:
        return refreshes.get(request.user_id, refresh_id)
    except NotFound:
        return None


def join_open(wanted: Refresh, connection: Connection, deps: PurchaseDependencies) -> Purchase:
    """Answer with the connection's open refresh, or with the wish's own where none is open."""
    known_id = connection.open_refresh_id or wanted.id
    refresh = deps.refreshes.get(wanted.user_id, known_id)
    return Purchase(refresh=refresh, joined=refresh.id != wanted.id)


def join_after_race(wanted: Refresh, deps: PurchaseDependencies) -> Purchase:
    """Join what was opened a moment ago by somebody else, or once before under the same key."""
    current = deps.connections.get(wanted.user_id, wanted.connection_id)
    return join_open(wanted, current, deps)


def _started(wanted: Refresh, deps: PurchaseDependencies) -> Refresh:
    now = deps.clock()
    accounts = deps.accounts.of_connection(wanted.user_id, wanted.connection_id)
    expected = (account.id for account in accounts if account.report.is_readable)
    return replace(
        wanted,
        status=RefreshStatus.ACCEPTED,
        accounts=dict.fromkeys(expected, AccountProgress.WAITING),
        started_at=now,
        next_check_at=now + CHECKS_AFTER[0],
    )


def unpaid_refresh(
    request: RefreshRequest,
    refresh_id: str,
    connection: Connection,
    deps: RequestRefreshDependencies,
    *,
    kind: Kind,
    method: Method,
) -> Refresh:
    """Make a wish that costs nothing."""
    return Refresh(
        id=refresh_id,
        user_id=request.user_id,
        connection_id=request.connection_id,
        provider=connection.provider,
        kind=kind,
        method=method,
        trigger=Trigger.USER,
        actor=request.actor,
        status=RefreshStatus.QUEUED,
        reserved=FREE,
        cost=FREE,
        created_at=deps.purchasing.clock(),
    )
