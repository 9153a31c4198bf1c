"""The bodies of webhook events."""

from collections.abc import Collection

from tests.sandbox.simulation.exact_json import Document
from tests.sandbox.simulation.identifiers import fixed_id
from tests.sandbox.snaptrade.knobs import PARTS
from tests.sandbox.snaptrade.models import Connection
from tests.sandbox.snaptrade.world import World

_WITH_BROKERAGE = {
    "CONNECTION_ADDED",
    "CONNECTION_DELETED",
    "ACCOUNT_HOLDINGS_UPDATED",
    "TRADE_DETECTION",
    "TRADE_UPDATE",
}


def user_event(world: World, event_type: str, *, user_id: str) -> Document:
    """Return the fields every event has."""
    return {
        "webhookId": world.ids.new_id(),
        "clientId": world.settings.client_id,
        "eventTimestamp": world.now().isoformat(timespec="microseconds"),
        "userId": user_id,
        "eventType": event_type,
        # The retired scheme: documented payloads still carry it, receivers must ignore it.
        "webhookSecret": fixed_id("webhook secret", world.settings.client_id),
    }


def connection_event(
    world: World, event_type: str, connection: Connection, *, account_id: str | None = None
) -> Document:
    """Return an event of a connection or of one of its accounts."""
    document = user_event(world, event_type, user_id=connection.user_id)
    document["brokerageAuthorizationId"] = connection.id
    if account_id is not None:
        document["accountId"] = account_id
    if event_type in _WITH_BROKERAGE:
        document["brokerageId"] = connection.institution.id
    if event_type == "ACCOUNT_HOLDINGS_UPDATED":
        document["details"] = holdings_details(failed_parts=())
    return document


def holdings_details(*, failed_parts: Collection[str]) -> Document:
    """Return what the sync says about each part of an account."""
    return {
        part: {"success": False, "error": "brokerage unavailable"}
        if part in failed_parts
        else {"success": True, "error": None}
        for part in PARTS
    }
