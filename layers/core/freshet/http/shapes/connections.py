"""A connection as JSON: how it is doing, what to do about it, what a refresh of it would cost."""

from collections.abc import Mapping
from decimal import Decimal

from freshet.domain.connection_report import DataMode
from freshet.domain.connection_status import BROKEN, ConnectionStatus
from freshet.domain.instants import duration_to_text, optional_to_text, to_text
from freshet.domain.money import Money
from freshet.domain.provider import Provider
from freshet.domain.refresh import Method
from freshet.http.problems import code_of
from freshet.http.shapes.money import MoneyShape, money_shape
from freshet.http.shapes.user_actions import UserActionShape, relink
from freshet.http.shapes.vocabulary import (
    ConnectionId,
    DurationText,
    Instant,
    RefreshId,
    Shape,
)
from freshet.services.show_connections import ShownConnection


class InstitutionShape(Shape):
    """A broker or bank, as its provider names it; both are null until the first read."""

    id: str | None
    name: str | None


class RefreshOfferShape(Shape):
    """What `POST …/refresh` would come to, so that a button is right before it is pressed."""

    method: Method
    cost: MoneyShape
    available_at: Instant | None
    """From when on it is not refused: past or now where it is not; null where waiting does not
    help. Cooldown, budgets and the provider's own word are counted in."""
    refusal: str | None
    """The `code` of the problem that a request would bring now; null where it would not."""
    open_refresh_id: RefreshId | None
    """The refresh that is under way: a request joins it, and costs nothing."""
    last_refreshed_at: Instant | None
    """When the provider was last asked for newer holdings, or read live for a user."""
    last_refusal: str | None
    """Why the provider does not refresh this connection, where it said so."""


class CadenceShape(Shape):
    """What happens by itself."""

    read_every: DurationText
    refresh_every: DurationText | None
    """How often a refresh is bought; null for never."""


class ProviderConnectionIds(Shape):
    """Names at the provider."""

    connection: str
    """SnapTrade's connection (brokerage authorization), or Plaid's Item."""


class ConnectionShape(Shape):
    """A user's link to one institution."""

    id: ConnectionId
    provider: Provider
    institution: InstitutionShape
    status: ConnectionStatus
    status_reason: str | None
    user_action: UserActionShape | None
    """Offer it to the user where it is given."""
    paused: bool
    data_mode: DataMode
    refresh: RefreshOfferShape
    cadence: CadenceShape
    next_read_at: Instant | None
    created_at: Instant
    provider_ids: ProviderConnectionIds


def connection_shape(
    shown: ShownConnection, *, prices: Mapping[Provider, Money]
) -> ConnectionShape:
    """Show a connection, how it is doing and what a refresh of it would cost."""
    connection = shown.connection
    cadence = connection.cadence
    next_read_at = connection.schedule.next_read_at if connection.is_awake else None
    return {
        "id": connection.id,
        "provider": connection.provider,
        "institution": {
            "id": connection.link.institution.id,
            "name": connection.link.institution.name,
        },
        "status": connection.link.status,
        "status_reason": connection.link.status_reason,
        "user_action": relink(connection.id) if connection.link.status in BROKEN else None,
        "paused": connection.paused,
        "data_mode": connection.link.data_mode,
        "refresh": _refresh_offer(shown, prices[connection.provider]),
        "cadence": {
            "read_every": duration_to_text(cadence.read_every),
            "refresh_every": duration_to_text(cadence.refresh_every)
            if cadence.refresh_every
            else None,
        },
        "next_read_at": optional_to_text(next_read_at),
        "created_at": to_text(connection.created_at),
        "provider_ids": {"connection": connection.link.provider_connection_id},
    }


def _refresh_offer(shown: ShownConnection, price: Money) -> RefreshOfferShape:
    connection, offer = shown.connection, shown.offer
    is_bought = offer.method is Method.PURCHASE
    purchases = connection.purchases
    last = (purchases.last_purchase_at, purchases.last_live_read_at)
    return {
        "method": offer.method,
        "cost": money_shape(price if is_bought else Money(Decimal(0), price.currency)),
        "available_at": optional_to_text(offer.available_at),
        "refusal": None if offer.refusal is None else code_of(offer.refusal),
        "open_refresh_id": connection.slots.holdings.refresh_id,
        "last_refreshed_at": optional_to_text(
            max((each for each in last if each is not None), default=None)
        ),
        "last_refusal": purchases.last_refusal,
    }
