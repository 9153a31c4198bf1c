"""What the API shows of connections: how each is doing, and when a refresh may be asked for."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from freshet.domain.budgets import Spent
from freshet.domain.connection import Connection
from freshet.domain.purchase_checks import RefreshOffer, refresh_offer
from freshet.services.refresh_records import PurchaseDependencies, terms_of


class ShownConnection(Struct, frozen=True, kw_only=True):
    """A connection, and what asking for a refresh of it would come to at this moment."""

    connection: Connection
    offer: RefreshOffer


def user_connections(
    user_id: str, *, deps: PurchaseDependencies, now: datetime
) -> Sequence[ShownConnection]:
    """Show a user's connections, oldest first."""
    connections, of_user = deps.budgets.with_connections(user_id, now=now)
    of_deployment = deps.budgets.of_deployment(now=now)
    spent = Spent(of_user=of_user, of_deployment=of_deployment)
    return [_shown(each, spent, deps, now) for each in connections]


def shown_connection(
    connection: Connection, *, deps: PurchaseDependencies, now: datetime
) -> ShownConnection:
    """Show one connection."""
    spent = deps.budgets.of_connection(connection.user_id, connection.id, now=now)
    return _shown(connection, spent, deps, now)


def _shown(
    connection: Connection, spent: Spent, deps: PurchaseDependencies, now: datetime
) -> ShownConnection:
    terms = terms_of(connection.provider, deps)
    offer = refresh_offer(connection, spent, terms=terms, now=now)
    return ShownConnection(connection=connection, offer=offer)
