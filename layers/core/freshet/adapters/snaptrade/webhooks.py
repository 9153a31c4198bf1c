"""SnapTrade's webhooks: is it theirs, is it timely, and what does it call for?"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec import Struct

from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.signature import verify_webhook
from freshet.adapters.webhook_texts import demand_sound_ids, mended
from freshet.domain.errors import MalformedWebhook, SignatureRejected
from freshet.domain.instants import from_text
from freshet.domain.provider import Provider
from freshet.domain.webhooks import (
    UNKNOWN_KIND,
    EventRule,
    Proven,
    StatusHint,
    VerifiedDelivery,
    WebhookEffect,
    WebhookEvent,
)

# Retries begin after 30 minutes and carry the event's own time: an old delivery is no forgery.
# Replays are harmless, because ids are claimed and an event only ever asks for a read.
OLDEST = timedelta(hours=24)
FURTHEST_AHEAD = timedelta(seconds=300)

_CONNECTION, _ACCOUNT, _NOTHING = (
    WebhookEffect.CONNECTION_READ,
    WebhookEffect.ACCOUNT_READ,
    WebhookEffect.NOTHING,
)
RULES: Mapping[str, EventRule] = {
    "USER_REGISTERED": EventRule(_NOTHING),
    "USER_DELETED": EventRule(WebhookEffect.USER_READ, status_hint=StatusHint.REMOVED),
    "CONNECTION_ATTEMPTED": EventRule(_NOTHING),
    "CONNECTION_FAILED": EventRule(_NOTHING),
    "CONNECTION_ADDED": EventRule(_CONNECTION, status_hint=StatusHint.ADDED),
    "CONNECTION_BROKEN": EventRule(_CONNECTION, status_hint=StatusHint.BROKEN),
    "CONNECTION_FIXED": EventRule(_CONNECTION, status_hint=StatusHint.REPAIRED),
    "CONNECTION_UPDATED": EventRule(_CONNECTION),
    "CONNECTION_DELETED": EventRule(_CONNECTION, status_hint=StatusHint.REMOVED),
    "NEW_ACCOUNT_AVAILABLE": EventRule(_CONNECTION),
    "ACCOUNT_REMOVED": EventRule(_CONNECTION),
    "ACCOUNT_TRANSACTIONS_INITIAL_UPDATE": EventRule(WebhookEffect.HISTORY_READ),
    "ACCOUNT_TRANSACTIONS_UPDATED": EventRule(WebhookEffect.TRANSACTIONS_READ),
    "ACCOUNT_HOLDINGS_UPDATED": EventRule(_ACCOUNT, closes_refresh=True),
    "TRADE_DETECTION": EventRule(_ACCOUNT),
    "TRADE_UPDATE": EventRule(_ACCOUNT),
}
"""Every kind that SnapTrade documents; see NOTES.md."""

_IDS = (
    "webhookId",
    "webookId",
    "brokerageAuthorizationId",
    "connectionId",
    "accountId",
    "userId",
)


class Keys(Protocol):
    """Gives our own keys; raises SecretUnavailable."""

    def accepted(self, *, now: datetime) -> Sequence[SnapTradeKeys]:
        """Give the keys that SnapTrade may have signed with, newest first."""

    def read_again(self) -> bool:
        """Forget what is remembered; False if that was done too recently."""


class SnapTradeVerifier(Struct, frozen=True):
    """Lets a delivery in, or raises SignatureRejected, MalformedWebhook or SecretUnavailable."""

    keys: Keys
    event_headers: tuple[str, ...] = ()

    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Proven:
        """Check signature first, then shape, then age; give the body without its secret."""
        signature = headers.get("signature", "")
        if not signature:
            raise SignatureRejected("no_signature")
        document = self._verified(body, signature, now)
        if not isinstance(document, dict):
            raise MalformedWebhook("not_an_object")
        demand_sound_ids(document, _IDS)
        occurred_at = _occurred_at(document)
        if now - occurred_at > OLDEST:
            raise SignatureRejected("too_old")
        if occurred_at - now > FURTHEST_AHEAD:
            raise SignatureRejected("from_the_future")
        document.pop("webhookSecret", None)
        kept = json.dumps(document, separators=(",", ":"))
        return Proven(text=kept, signed_at=occurred_at)

    def _verified(self, body: bytes, signature: str, now: datetime) -> Any:
        try:
            return verify_webhook(body, signature, self._consumer_keys(now))
        except SignatureRejected:
            # Perhaps the key was rotated a moment ago: look once, but not for every forgery.
            if not self.keys.read_again():
                raise
            return verify_webhook(body, signature, self._consumer_keys(now))

    def _consumer_keys(self, now: datetime) -> list[str]:
        return [keys.consumer_key.reveal() for keys in self.keys.accepted(now=now)]


def to_event(delivery: VerifiedDelivery) -> WebhookEvent:
    """Reduce a delivery to an event; unknown kinds are kept and call for nothing."""
    document = json.loads(delivery.text)
    kind = mended(document.get("eventType", "unknown"))
    return WebhookEvent(
        provider=Provider.SNAPTRADE,
        id=_event_id(document, delivery.text),
        kind=kind,
        rule=RULES.get(kind, UNKNOWN_KIND),
        provider_connection_id=_text(
            document.get("brokerageAuthorizationId") or document.get("connectionId")
        ),
        provider_account_id=_text(document.get("accountId")),
        provider_user_id=_text(document.get("userId")),
        occurred_at=delivery.signed_at,
        received_at=delivery.received_at,
        details=_failed_parts(document.get("details")),
    )


def _event_id(document: dict[str, Any], text: str) -> str:
    # In TRADE_* events the misspelt name holds another id; it counts only where the right one
    # is missing. Without both, the text names the event.
    for name in ("webhookId", "webookId"):
        if value := _text(document.get(name)):
            return value
    return "sha256-" + hashlib.sha256(text.encode()).hexdigest()


def _occurred_at(document: dict[str, Any]) -> datetime:
    text = document.get("eventTimestamp")
    try:
        return from_text(text if isinstance(text, str) else "")
    except (ValueError, OverflowError):
        raise MalformedWebhook("no_event_timestamp") from None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _failed_parts(details: object) -> dict[str, str]:
    # The provider's error text stays outside: it is free text about a person's account.
    if not isinstance(details, dict):
        return {}
    return {
        mended(part): "failed"
        for part, outcome in details.items()
        if isinstance(outcome, dict) and outcome.get("success") is False
    }
