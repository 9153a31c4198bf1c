"""Our own keys at SnapTrade."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from freshet.domain.credential import Secret


class SnapTradeKeys(Struct, frozen=True):
    """The partner's client id and consumer key."""

    client_id: str
    consumer_key: Secret

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SnapTradeKeys":
        """Read the secret's JSON; raises KeyError, ValueError."""
        return cls(document["client_id"], Secret(document["consumer_key"]))
