"""Asking Plaid for the public key behind a webhook's signature."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from freshet.adapters.plaid.endpoints import VERIFICATION_KEY
from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.domain.call_errors import ProviderError
from freshet.domain.errors import SecretUnavailable

UNKNOWN = "INVALID_WEBHOOK_VERIFICATION_KEY_ID"


class KeyLookUp(Struct, frozen=True):
    """`/webhook_verification_key/get`: a JWK with `expired_at`."""

    http_client: PlaidHttpClient

    def __call__(self, key_id: str) -> Mapping[str, Any] | None:
        """Give the key, None for an id Plaid does not know; raises SecretUnavailable."""
        try:
            document = self.http_client.read(VERIFICATION_KEY, {"key_id": key_id}).content
        except ProviderError as error:
            if error.answer.code == UNKNOWN:
                return None
            # Trouble of the key service proves nothing about the webhook.
            raise SecretUnavailable("webhook key") from error
        key = document.get("key")
        if not isinstance(key, dict):
            raise SecretUnavailable("webhook key")
        return key
