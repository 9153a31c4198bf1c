"""Our own keys at Plaid."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from freshet.domain.credential import Secret


class PlaidKeys(Struct, frozen=True):
    """The customer's client id and the secret of one environment."""

    client_id: str
    secret: Secret

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "PlaidKeys":
        """Read the secret's JSON; raises KeyError, ValueError."""
        return cls(document["client_id"], Secret(document["secret"]))
