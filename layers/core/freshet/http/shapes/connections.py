"""A connection as JSON: how it is doing, what to do about it, what a refresh of it would cost."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from freshet.domain.connection import Connection
from freshet.domain.connection_report import DataMode
from freshet.domain.connection_status import BROKEN, ConnectionStatus
from freshet.domain.instants import duration_to_text, optional_to_text, to_text
from freshet.domain.money import Money
from freshet.domain.provider import Provider
from freshet.domain.refresh import Method
from freshet.http.shapes.money import MoneyShape, money_shape
from freshet.http.shapes.vocabulary import ConnectionId, DurationText, Instant, Shape


class InstitutionShape(Shape):
    """A broker or bank, as its provider names it; both are null until the first read."""

    id: str | None
    name: str | None


class RelinkBody(Shape):
    """What to send."""

    connection_id: ConnectionId


class UserActionShape(Shape):
    """What the user's app should do: the request to make on the user's behalf."""

    type: Literal["relink"]
    method: Literal["POST"]
    href: str
    body: RelinkBody


class RefreshOfferShape(Shape):
    """What `POST …/refresh` would do now."""

    method: Method
    cost: MoneyShape
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
    connection: Connection, *, prices: Mapping[Provider, Money]
) -> ConnectionShape:
    """Show a connection, how it is doing and what a refresh of it would cost."""
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
        "refresh": _refresh_offer(connection, prices[connection.provider]),
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


def relink(connection_id: str) -> UserActionShape:
    """Say what the user's app should do to repair a connection."""
    return {
        "type": "relink",
        "method": "POST",
        "href": "/v1/link-sessions",
        "body": {"connection_id": connection_id},
    }


def _refresh_offer(connection: Connection, price: Money) -> RefreshOfferShape:
    is_bought = connection.can_refresh
    return {
        "method": Method.PURCHASE if is_bought else Method.READ,
        "cost": money_shape(price if is_bought else Money(Decimal(0), price.currency)),
        "last_refusal": connection.purchases.last_refusal,
    }
