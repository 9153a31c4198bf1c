"""What proves that a webhook is a provider's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from freshet.domain.webhooks import Proven


class WebhookVerifier(Protocol):
    """Knows what proves that a delivery is a provider's."""

    @property
    def event_headers(self) -> tuple[str, ...]:
        """Name the headers, in lower case, that the event is read with later."""

    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Proven:
        """Give what may be kept of the body, no secret is in it, and when it was signed.

        Raises WebhookRefused for what is not let in, SecretUnavailable for trouble of ours.
        """
