"""A dry run: what a refresh would do, cost and leave, with nothing changed or called."""

from dataclasses import dataclass
from datetime import datetime

from freshet.domain.budgets import Spent
from freshet.domain.connection import Connection
from freshet.domain.errors import IdempotencyMismatch, PurchasesStopped
from freshet.domain.money import Money
from freshet.domain.prices import FREE
from freshet.domain.purchase import check_before_live_read, check_before_money
from freshet.domain.refresh import Kind, Method
from freshet.domain.refresh_request import RefreshRequest
from freshet.domain.removal_rules import demand_linked, demand_not_removed
from freshet.services.refresh_records import RequestRefreshDependencies, seen_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would happen, and what would be spent after it."""

    connection_id: str
    method: Method
    joins: str | None = None
    cost: Money = FREE
    spent: Spent


def preview_refresh(request: RefreshRequest, *, deps: RequestRefreshDependencies) -> Preview:
    """Say what `request_refresh` would do; raises what it would raise, and IdempotencyMismatch."""
    connection = deps.purchasing.connections.get(request.user_id, request.connection_id)
    now = deps.purchasing.clock()
    spent = spent_by(request.user_id, deps=deps, now=now)
    return preview_of(connection, request, spent, deps=deps, now=now)


def spent_by(user_id: str, *, deps: RequestRefreshDependencies, now: datetime) -> Spent:
    """Read every budget that a purchase of this user would be judged by."""
    return Spent(
        of_user=deps.budgets.of_user(user_id, now=now),
        of_deployment=deps.budgets.of_deployment(now=now),
    )


def preview_of(
    connection: Connection,
    request: RefreshRequest,
    spent: Spent,
    *,
    deps: RequestRefreshDependencies,
    now: datetime,
) -> Preview:
    """Say what a refresh of this connection would do, given what is spent already."""
    refresh_id = request.refresh_id(Kind.HOLDINGS, deps.random_bytes)
    if seen_before(request, refresh_id, deps.purchasing.refreshes) is not None:
        raise IdempotencyMismatch
    demand_not_removed(connection)
    is_purchase = connection.can_refresh
    if not is_purchase:
        demand_linked(connection)
    open_id = connection.slots.holdings.refresh_id
    if open_id is not None:
        opened = deps.purchasing.refreshes.get(request.user_id, open_id)
        return Preview(
            connection_id=connection.id, method=opened.method, joins=opened.id, spent=spent
        )
    if is_purchase:
        return _purchase(connection, spent, deps=deps, now=now)
    limits = deps.purchasing.traits[connection.provider].limits
    check_before_live_read(connection, limits=limits, now=now)
    return Preview(connection_id=connection.id, method=Method.READ, spent=spent)


def _purchase(
    connection: Connection, spent: Spent, *, deps: RequestRefreshDependencies, now: datetime
) -> Preview:
    policy, is_stopped = deps.purchasing.policy, spent.of_deployment.is_stopped
    limits = deps.purchasing.traits[connection.provider].limits
    check_before_money(
        connection, is_stopped=lambda: is_stopped, policy=policy, limits=limits, now=now
    )
    if is_stopped:
        raise PurchasesStopped
    deps.purchasing.providers.open(connection)  # is refused where a purchase would be
    price = policy.price(connection.provider, now=now)
    spent.demand_room(connection.id, price, policy=policy, now=now)
    return Preview(
        connection_id=connection.id,
        method=Method.PURCHASE,
        cost=price,
        spent=spent.plus(connection.id, price),
    )
