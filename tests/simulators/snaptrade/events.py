"""The bodies of webhook events."""

from collections.abc import Collection

from tests.simulators.common.exact_json import Document
from tests.simulators.common.identifiers import fixed_id
from tests.simulators.snaptrade.knobs import PARTS
from tests.simulators.snaptrade.models import Connection, Institution
from tests.simulators.snaptrade.world import World

_WITH_BROKERAGE = {
    "CONNECTION_ADDED",
    "CONNECTION_DELETED",
    "ACCOUNT_HOLDINGS_UPDATED",
    "TRADE_DETECTION",
    "TRADE_UPDATE",
}
_OF_ORDERS = {"TRADE_DETECTION", "TRADE_UPDATE"}


def user_event(world: World, event_type: str, *, user_id: str) -> Document:
    """Return the fields every event has, in the schema of the customer's keys."""
    common = {
        "webhookId": world.ids.new_id(),
        "eventTimestamp": event_time(world),
        "userId": user_id,
        "eventType": event_type,
    }
    client_id = world.settings.client_id
    if world.knobs.webhook_schema == "oauth_v1":
        person = fixed_id("personal user", user_id)
        common |= {"schemaVersion": "oauth_v1", "oauthClientId": client_id, "userId": person}
        return common
    # The retired scheme: documented payloads still carry its secret, receivers must ignore it.
    secret = fixed_id("webhook secret", client_id)
    return common | {"clientId": client_id, "webhookSecret": secret}


def connection_event(
    world: World, event_type: str, connection: Connection, *, account_id: str | None = None
) -> Document:
    """Return an event of a connection or of one of its accounts."""
    document = user_event(world, event_type, user_id=connection.user_id)
    is_oauth = world.knobs.webhook_schema == "oauth_v1"
    document["connectionId" if is_oauth else "brokerageAuthorizationId"] = connection.id
    if account_id is not None:
        document["accountId"] = account_id
    if event_type in _WITH_BROKERAGE:
        document["brokerageId"] = connection.institution.id
    if event_type == "ACCOUNT_HOLDINGS_UPDATED":
        document["details"] = holdings_details(failed_parts=())
    if event_type in _OF_ORDERS:
        # Documented samples carry the misspelt id beside the right one, with another value.
        document["webookId"] = world.ids.new_id()
        document["details"] = {"orders": [_detected_order(world)]}
    return document


def attempt_event(world: World, *, user_id: str, institution: Institution, result: str) -> Document:
    """Return what is told about every attempt in the portal."""
    document = user_event(world, "CONNECTION_ATTEMPTED", user_id=user_id)
    return document | {"connectionAttemptedResult": result, "brokerageId": institution.id}


def event_time(world: World) -> str:
    """Return the provider's time as events spell it."""
    return world.now().isoformat(timespec="microseconds")


def holdings_details(*, failed_parts: Collection[str]) -> Document:
    """Return what the sync says about each part of an account."""
    return {
        part: {"success": False, "error": "brokerage unavailable"}
        if part in failed_parts
        else {"success": True, "error": None}
        for part in PARTS
    }


def _detected_order(world: World) -> Document:
    moment = world.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    prices = {"limit_price": "88.10", "stop_price": None, "execution_price": "88.05"}
    instrument = {
        "symbol": "NRTH",
        "description": "North Harbor Industries Inc.",
        "asset_type": "stock",
        "exchange_mic_code": "XNAS",
        "figi_code": None,
    }
    leg = {
        "leg_id": None,
        "action": "BUY",
        "status": "EXECUTED",
        "instrument": instrument,
        "total_quantity": "2",
        "filled_quantity": "2",
        "canceled_quantity": None,
        "execution_price": prices["execution_price"],
    }
    return {
        "brokerage_order_id": world.ids.new_id(),
        "brokerage_group_order_id": None,
        "status": "EXECUTED",
        "order_role": None,
        "order_type": "LIMIT",
        "time_in_force": "DAY",
        "time_placed": moment,
        "time_executed": moment,
        "trailing_stop": None,
        "price_currency": "USD",
        **prices,
        "legs": [leg],
    }
