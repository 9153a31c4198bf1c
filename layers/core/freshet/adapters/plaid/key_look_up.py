"""Asking Plaid for the public key behind a webhook's signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from freshet.adapters.plaid.wire import PlaidWire
from freshet.adapters.transport import Timeouts
from freshet.domain.call_errors import ProviderError
from freshet.domain.errors import SecretUnavailable

# Plaid waits ten seconds for our answer to the webhook that made us ask.
_TIMEOUTS = Timeouts(connect=2.0, read=3.0)
_UNKNOWN = "INVALID_WEBHOOK_VERIFICATION_KEY_ID"


@dataclass(frozen=True, slots=True)
class KeyLookUp:
    """`/webhook_verification_key/get`: a JWK with `expired_at`."""

    wire: PlaidWire

    def __call__(self, key_id: str) -> Mapping[str, Any] | None:
        """Give the key, None for an id Plaid does not know; raises SecretUnavailable."""
        try:
            document, _ = self.wire.read(
                "verification_key",
                "/webhook_verification_key/get",
                {"key_id": key_id},
                timeouts=_TIMEOUTS,
            )
        except ProviderError as error:
            if error.answer.code == _UNKNOWN:
                return None
            # Trouble of the key service proves nothing about the webhook.
            raise SecretUnavailable("webhook key") from error
        key = document.get("key") if isinstance(document, dict) else None
        if not isinstance(key, dict):
            raise SecretUnavailable("webhook key")
        return key
