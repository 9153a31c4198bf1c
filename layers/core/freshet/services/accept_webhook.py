"""The receiver: let in what is proven, queue it durably, and only then say yes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from freshet.domain.errors import PayloadTooLarge, UnknownProvider
from freshet.domain.provider import Provider
from freshet.ports import WebhookQueue

BODY_LIMIT_BYTES = 64 * 1024

Verify = Callable[[bytes, Mapping[str, str], datetime], None]
"""Raises WebhookRefused for what is not let in, SecretUnavailable for trouble on our side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An HTTP request as it came: header names in lower case, body bytes untouched."""

    provider_name: str
    headers: Mapping[str, str]
    body: bytes


def accept_webhook(
    delivery: Delivery,
    *,
    verifiers: Mapping[Provider, Verify],
    queue: WebhookQueue,
    now: datetime,
) -> None:
    """Verify and queue one delivery, or raise."""
    provider = next((each for each in verifiers if each == delivery.provider_name), None)
    if provider is None:
        raise UnknownProvider("unknown_provider")
    if len(delivery.body) > BODY_LIMIT_BYTES:
        raise PayloadTooLarge("body")
    verifiers[provider](delivery.body, delivery.headers, now)
    queue.send(provider, delivery.body, received_at=now)
