"""The receiver: let in what is proven, queue it durably, and only then say yes."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from freshet.domain.errors import PayloadTooLarge, UnknownProvider
from freshet.domain.provider import Provider
from freshet.domain.webhooks import VerifiedDelivery

if TYPE_CHECKING:
    # The receiver's cold start is spared the domain that the other ports speak of.
    from freshet.ports import WebhookQueue, WebhookVerifier

BODY_LIMIT_BYTES = 64 * 1024


class Delivery(Struct, frozen=True, kw_only=True):
    """An HTTP request as it came: header names in lower case, body bytes untouched."""

    provider_name: str
    headers: Mapping[str, str]
    body: bytes


def accept_webhook(
    delivery: Delivery,
    *,
    verifiers: "Mapping[Provider, WebhookVerifier]",
    queue: "WebhookQueue",
    now: datetime,
) -> VerifiedDelivery:
    """Verify and queue one delivery, or raise."""
    provider = next((each for each in verifiers if each == delivery.provider_name), None)
    if provider is None:
        raise UnknownProvider("unknown_provider")
    if len(delivery.body) > BODY_LIMIT_BYTES:
        raise PayloadTooLarge("body")
    verifier = verifiers[provider]
    headers = delivery.headers
    proven = verifier.verify(delivery.body, headers, now)
    verified = VerifiedDelivery(
        provider=provider,
        headers={name: headers[name] for name in verifier.event_headers if name in headers},
        text=proven.text,
        signed_at=proven.signed_at,
        received_at=now,
    )
    queue.send(verified)
    return verified
