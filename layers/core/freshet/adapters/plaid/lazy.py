"""Plaid's verifier, loaded when the first delivery for Plaid comes.

PyJWT, cryptography and requests cost a cold start; a receiver that only hears SnapTrade is spared.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from freshet.adapters.plaid.headers import PROOF

if TYPE_CHECKING:
    from freshet.adapters.plaid.key_memory import KeyStore
    from freshet.adapters.plaid.keys import PlaidKeys
    from freshet.adapters.plaid.verification import PlaidVerifier
    from freshet.domain.webhooks import Proven

_ENVIRONMENTS = {
    "https://production.plaid.com": "production",
    "https://sandbox.plaid.com": "sandbox",
}


class Keys(Protocol):
    """Gives our own keys; raises SecretUnavailable."""

    def current(self) -> "PlaidKeys":
        """Give the keys that authenticate."""


class LazyPlaidVerifier:
    """Verifies like PlaidVerifier, with keys asked for at Plaid."""

    event_headers = (PROOF,)

    def __init__(self, base_url: str, keys: Keys, store: "KeyStore") -> None:
        """Remember where to ask, and read what earlier processes have learned."""
        self._base_url = base_url
        self._keys = keys
        self._store, self._stored = store, store.load()

    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> "Proven":
        """Let a delivery in, or raise SignatureRejected, MalformedWebhook, SecretUnavailable."""
        return self._verifier.verify(body, headers, now)

    @cached_property
    def _verifier(self) -> "PlaidVerifier":
        from random import random

        from freshet.adapters.plaid.http_client import PlaidHttpClient
        from freshet.adapters.plaid.key_look_up import KeyLookUp
        from freshet.adapters.plaid.key_memory import KeyMemory
        from freshet.adapters.plaid.verification import PlaidVerifier
        from freshet.adapters.transport import Transport

        look_up = KeyLookUp(PlaidHttpClient(self._base_url, self._keys, Transport()))
        keys = KeyMemory(look_up, random=random, store=self._store, stored=self._stored)
        return PlaidVerifier(keys, _ENVIRONMENTS.get(self._base_url))
