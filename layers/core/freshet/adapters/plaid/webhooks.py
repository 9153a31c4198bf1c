"""Plaid's webhooks as events: they carry no id and no time, so the signed token names them."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from freshet.adapters.plaid.headers import PROOF
from freshet.adapters.webhook_texts import mended
from freshet.domain.instants import stated_from_text
from freshet.domain.provider import Provider
from freshet.domain.webhooks import (
    UNKNOWN_KIND,
    EventRule,
    StatusHint,
    VerifiedDelivery,
    WebhookEffect,
    WebhookEvent,
)

_READ = WebhookEffect.CONNECTION_READ
RULES: Mapping[str, EventRule] = {
    "HOLDINGS:DEFAULT_UPDATE": EventRule(_READ, closes_refresh=True),
    "INVESTMENTS_TRANSACTIONS:DEFAULT_UPDATE": EventRule(WebhookEffect.TRANSACTIONS_READ),
    "INVESTMENTS_TRANSACTIONS:HISTORICAL_UPDATE": EventRule(WebhookEffect.HISTORY_READ),
    "ITEM:ERROR": EventRule(_READ, status_hint=StatusHint.BROKEN),
    "ITEM:LOGIN_REPAIRED": EventRule(_READ, status_hint=StatusHint.REPAIRED),
    "ITEM:PENDING_EXPIRATION": EventRule(_READ, status_hint=StatusHint.EXPIRING),
    "ITEM:PENDING_DISCONNECT": EventRule(_READ, status_hint=StatusHint.EXPIRING),
    "ITEM:USER_PERMISSION_REVOKED": EventRule(_READ, status_hint=StatusHint.REVOKED),
    "ITEM:USER_ACCOUNT_REVOKED": EventRule(_READ),
    "ITEM:NEW_ACCOUNTS_AVAILABLE": EventRule(_READ),
    "ITEM:WEBHOOK_UPDATE_ACKNOWLEDGED": EventRule(WebhookEffect.NOTHING),
}
"""Every kind that Plaid documents for Items with investments; see NOTES.md."""

# When the link ends, under the name that each of the two warnings gives it.
_ENDS = ("consent_expiration_time", "disconnect_time")


def to_event(delivery: VerifiedDelivery) -> WebhookEvent:
    """Reduce a delivery to an event; unknown kinds are kept and call for nothing."""
    document = json.loads(delivery.text)
    kind = f"{mended(document.get('webhook_type'))}:{mended(document.get('webhook_code'))}"
    token = delivery.headers.get(PROOF, "")
    return WebhookEvent(
        provider=Provider.PLAID,
        id=_event_id(token),
        kind=kind,
        rule=RULES.get(kind, UNKNOWN_KIND),
        provider_connection_id=_text(document.get("item_id")),
        provider_account_id=_text(document.get("account_id")),
        provider_user_id=None,
        occurred_at=delivery.signed_at,
        received_at=delivery.received_at,
        details={},
        link_ends_at=_link_ends_at(document),
    )


def _event_id(token: str) -> str:
    # What is signed names the delivery: the signature itself has more than one valid spelling.
    # A retry that was signed anew is another event, and only asks for a read once more.
    signed, _, _ = token.rpartition(".")
    return "sha256-" + hashlib.sha256(signed.encode()).hexdigest()


def _link_ends_at(document: dict[str, Any]) -> datetime | None:
    for name in _ENDS:
        try:
            return stated_from_text(str(document[name]))
        except (KeyError, ValueError):
            continue
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
