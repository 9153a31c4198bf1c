"""A user presses refresh: buy in place, or read where buying is pointless."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from freshet.domain.connection import ASLEEP, Connection
from freshet.domain.errors import ConcurrentChange, ConnectionNeedsUser
from freshet.domain.identifiers import new_refresh_id, refresh_id_for
from freshet.domain.money import Money
from freshet.domain.orders import ReadOrder, ReadReason, RefreshOrder
from freshet.domain.refresh import (
    CHECKS_AFTER,
    AccountProgress,
    Method,
    Refresh,
    RefreshStatus,
    Trigger,
)
from freshet.ports import ReadQueue
from freshet.services.purchase_refresh import Purchase, Purchasing, purchase_refresh


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRequest:
    """A user's wish; `actor` is who acts, the user or a machine on the user's behalf."""

    user_id: str
    connection_id: str
    actor: str
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requesting:
    """What a request needs from outside."""

    purchasing: Purchasing
    reads: ReadQueue
    random_bytes: Callable[[int], bytes]


def request_refresh(request: RefreshRequest, *, parts: Requesting) -> Purchase:
    """Refresh one connection for a user; the same idempotency key gives the same refresh.

    Raises what `purchase_refresh` raises.
    """
    connection = parts.purchasing.connections.get(request.user_id, request.connection_id)
    order = RefreshOrder(
        user_id=request.user_id,
        connection_id=request.connection_id,
        refresh_id=_refresh_id(request, parts.random_bytes),
        trigger=Trigger.USER,
        actor=request.actor,
    )
    if connection.is_worth_buying:
        return purchase_refresh(order, parts=parts.purchasing, may_wait=False)
    return _read_instead(order, connection, parts)


def _refresh_id(request: RefreshRequest, random_bytes: Callable[[int], bytes]) -> str:
    if request.idempotency_key is None:
        return new_refresh_id(request.connection_id, random_bytes)
    return refresh_id_for(request.connection_id, "user", request.user_id, request.idempotency_key)


def _read_instead(order: RefreshOrder, connection: Connection, parts: Requesting) -> Purchase:
    if connection.status in ASLEEP:
        raise ConnectionNeedsUser(connection.id, connection.status_reason)
    refreshes = parts.purchasing.refreshes
    if connection.open_refresh_id is not None:
        return _joining(order, refreshes.get(order.user_id, connection.open_refresh_id))
    try:
        refresh = refreshes.open(_live_read(order, connection, parts.purchasing))
    except ConcurrentChange:
        # Opened a moment ago by somebody else, or once before under the same key.
        current = parts.purchasing.connections.get(order.user_id, order.connection_id)
        known_id = current.open_refresh_id or order.refresh_id
        return _joining(order, refreshes.get(order.user_id, known_id))
    # Should the message be lost, the connection is due again within minutes anyway.
    parts.reads.send(
        [
            ReadOrder(
                user_id=order.user_id,
                connection_id=order.connection_id,
                reason=ReadReason.REFRESH,
            )
        ]
    )
    return Purchase(refresh=refresh)


def _joining(order: RefreshOrder, refresh: Refresh) -> Purchase:
    return Purchase(refresh=refresh, joined=refresh.id != order.refresh_id)


def _live_read(order: RefreshOrder, connection: Connection, parts: Purchasing) -> Refresh:
    now = parts.clock()
    nothing = Money(Decimal(0), parts.policy.price.currency)
    accounts = parts.accounts.of_connection(order.user_id, order.connection_id)
    return Refresh(
        id=order.refresh_id,
        user_id=order.user_id,
        connection_id=order.connection_id,
        provider=connection.provider,
        method=Method.READ,
        trigger=order.trigger,
        actor=order.actor,
        status=RefreshStatus.ACCEPTED,
        reserved=nothing,
        cost=nothing,
        accounts={
            account.id: AccountProgress.WAITING
            for account in accounts
            if account.report.is_readable
        },
        started_at=now,
        next_check_at=now + CHECKS_AFTER[0],
        created_at=now,
    )
