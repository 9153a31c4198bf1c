"""A dry run: what a refresh would do, cost and leave, with nothing changed or called."""

from datetime import datetime

from msgspec import Struct

from freshet.domain.budgets import Spent
from freshet.domain.connection import Connection
from freshet.domain.errors import IdempotencyMismatch
from freshet.domain.money import Money
from freshet.domain.prices import FREE
from freshet.domain.purchase_checks import check_before_live_read, refusal_of
from freshet.domain.refresh import Kind, Method, Refresh
from freshet.domain.refresh_request import RefreshRequest
from freshet.domain.removal_rules import demand_linked, demand_not_removed
from freshet.services.refresh_records import (
    PurchaseDependencies,
    RequestRefreshDependencies,
    seen_before,
    terms_of,
)


class Preview(Struct, frozen=True, kw_only=True):
    """What would happen, and what would be spent after it."""

    connection_id: str
    method: Method
    joins: str | None = None
    cost: Money = FREE
    spent: Spent


def preview_refresh(request: RefreshRequest, *, deps: RequestRefreshDependencies) -> Preview:
    """Say what `request_refresh` would do; raises what it would raise, and IdempotencyMismatch."""
    purchasing, now = deps.purchasing, deps.purchasing.clock()
    connection = purchasing.connections.get(request.user_id, request.connection_id)
    refresh_id = request.refresh_id(Kind.HOLDINGS, deps.random_bytes)
    known = seen_before(request, refresh_id, purchasing.refreshes)
    open_id = connection.slots.holdings.refresh_id
    opened = purchasing.refreshes.get(request.user_id, open_id) if open_id else None
    spent = purchasing.budgets.of_connection(connection.user_id, connection.id, now=now)
    return preview_of(connection, known, opened, spent, deps=purchasing, now=now)


def preview_of(
    connection: Connection,
    known: Refresh | None,
    opened: Refresh | None,
    spent: Spent,
    *,
    deps: PurchaseDependencies,
    now: datetime,
) -> Preview:
    """Say what a refresh of this connection would do, given what is spent already.

    `known` is what the same key has brought before, `opened` the connection's open refresh.
    """
    if known is not None:
        raise IdempotencyMismatch
    demand_not_removed(connection)
    is_purchase = connection.can_refresh
    if not is_purchase:
        demand_linked(connection)
    if opened is not None:
        return Preview(
            connection_id=connection.id, method=opened.method, joins=opened.id, spent=spent
        )
    if is_purchase:
        return _purchase(connection, spent, deps=deps, now=now)
    limits = deps.traits[connection.provider].limits
    check_before_live_read(connection, limits=limits, now=now)
    return Preview(connection_id=connection.id, method=Method.READ, spent=spent)


def _purchase(
    connection: Connection, spent: Spent, *, deps: PurchaseDependencies, now: datetime
) -> Preview:
    terms = terms_of(connection.provider, deps)
    refusal = refusal_of(connection, spent, terms=terms, now=now)
    if refusal is not None:
        raise refusal
    deps.providers.open(connection)  # is refused where a purchase would be
    return Preview(
        connection_id=connection.id,
        method=Method.PURCHASE,
        cost=terms.price,
        spent=spent.plus(connection.id, terms.price),
    )
