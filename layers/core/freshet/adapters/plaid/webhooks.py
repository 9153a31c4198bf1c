"""Plaid's webhooks as events: they carry no id and no time, so the signed token names them."""

import hashlib
import json

from freshet.adapters.plaid.verification import HEADER
from freshet.domain.provider import Provider
from freshet.domain.webhooks import Calls, VerifiedDelivery, WebhookEvent

_CALLS_FOR = {
    "HOLDINGS:DEFAULT_UPDATE": Calls.CONNECTION_READ,
    "INVESTMENTS_TRANSACTIONS:DEFAULT_UPDATE": Calls.CONNECTION_READ,
    "INVESTMENTS_TRANSACTIONS:HISTORICAL_UPDATE": Calls.CONNECTION_READ,
    "ITEM:ERROR": Calls.CONNECTION_READ,
    "ITEM:LOGIN_REPAIRED": Calls.CONNECTION_READ,
    "ITEM:PENDING_EXPIRATION": Calls.CONNECTION_READ,
    "ITEM:PENDING_DISCONNECT": Calls.CONNECTION_READ,
    "ITEM:USER_PERMISSION_REVOKED": Calls.CONNECTION_READ,
    "ITEM:USER_ACCOUNT_REVOKED": Calls.CONNECTION_READ,
    "ITEM:NEW_ACCOUNTS_AVAILABLE": Calls.CONNECTION_READ,
}


def to_event(delivery: VerifiedDelivery) -> WebhookEvent:
    """Reduce a delivery to an event; unknown kinds are kept and call for nothing."""
    document = json.loads(delivery.body)
    kind = f"{document.get('webhook_type')}:{document.get('webhook_code')}"
    token = delivery.headers.get(HEADER, "")
    return WebhookEvent(
        provider=Provider.PLAID,
        # The same delivery twice has the same token; a retry signed anew only asks for a read.
        id="sha256-" + hashlib.sha256(token.encode()).hexdigest(),
        kind=kind,
        calls_for=_CALLS_FOR.get(kind, Calls.NOTHING),
        provider_connection_id=_text(document.get("item_id")),
        provider_account_id=_text(document.get("account_id")),
        provider_user_id=None,
        occurred_at=None,
        received_at=delivery.received_at,
        details={},
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
