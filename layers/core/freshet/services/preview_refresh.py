"""A dry run: what a refresh would do, cost and leave, with nothing changed and nobody called."""

from dataclasses import dataclass
from datetime import datetime

from freshet.domain.budgets import Spent
from freshet.domain.connection import Connection
from freshet.domain.errors import IdempotencyMismatch
from freshet.domain.leaving import demand_linked, demand_not_removed
from freshet.domain.money import Money
from freshet.domain.prices import FREE
from freshet.domain.purchase import check_before_live_read, check_before_money
from freshet.domain.refresh import Kind, Method
from freshet.services.request_refresh import (
    RefreshRequest,
    Requesting,
    asked_before,
    refresh_id_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would happen, and what would be spent after it."""

    connection_id: str
    method: Method
    joins: str | None = None
    cost: Money = FREE
    spent: Spent


def preview_refresh(request: RefreshRequest, *, parts: Requesting) -> Preview:
    """Say what `request_refresh` would do; raises what it would raise, and IdempotencyMismatch."""
    connection = parts.purchasing.connections.get(request.user_id, request.connection_id)
    now = parts.purchasing.clock()
    spent = spent_by(request.user_id, parts=parts, now=now)
    return preview_of(connection, request, spent, parts=parts, now=now)


def spent_by(user_id: str, *, parts: Requesting, now: datetime) -> Spent:
    """Read every budget that a purchase of this user would be judged by."""
    return Spent(
        of_user=parts.budgets.of_user(user_id, now=now),
        of_deployment=parts.budgets.of_deployment(now=now),
    )


def preview_of(
    connection: Connection,
    request: RefreshRequest,
    spent: Spent,
    *,
    parts: Requesting,
    now: datetime,
) -> Preview:
    """Say what a refresh of this connection would do, given what is spent already."""
    refresh_id = refresh_id_of(request, parts.random_bytes, kind=Kind.HOLDINGS)
    if asked_before(request, refresh_id, parts.purchasing.refreshes) is not None:
        raise IdempotencyMismatch
    demand_not_removed(connection)
    is_purchase = connection.is_worth_buying
    if not is_purchase:
        demand_linked(connection)
    if connection.open_refresh_id is not None:
        opened = parts.purchasing.refreshes.get(request.user_id, connection.open_refresh_id)
        return Preview(
            connection_id=connection.id, method=opened.method, joins=opened.id, spent=spent
        )
    if is_purchase:
        return _purchase(connection, spent, parts=parts, now=now)
    etiquette = parts.purchasing.traits[connection.provider].etiquette
    check_before_live_read(connection, etiquette=etiquette, now=now)
    return Preview(connection_id=connection.id, method=Method.READ, spent=spent)


def _purchase(connection: Connection, spent: Spent, *, parts: Requesting, now: datetime) -> Preview:
    policy, is_stopped = parts.purchasing.policy, spent.of_deployment.is_stopped
    etiquette = parts.purchasing.traits[connection.provider].etiquette
    check_before_money(
        connection, is_stopped=is_stopped, policy=policy, etiquette=etiquette, now=now
    )
    parts.purchasing.providers.open(connection)  # is refused where a purchase would be
    price = policy.price(connection.provider, now=now)
    spent.demand_room(connection.id, price, policy=policy, now=now)
    return Preview(
        connection_id=connection.id,
        method=Method.PURCHASE,
        cost=price,
        spent=spent.plus(connection.id, price),
    )
