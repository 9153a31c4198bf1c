"""The scopes that a token carries, in the claims and spellings of different issuers."""

import re
from collections.abc import Mapping
from typing import Any

# `scope`: RFC 8693; `scp`: Okta and Entra ID; `permissions`: Auth0; `roles`: machines of Entra ID.
SCOPE_CLAIMS = ("scope", "scp", "permissions", "roles")
_OURS = "freshet/"
# An HTTP API hands an array over as the text `[a b]`; other gateways as JSON or with commas.
_BETWEEN = re.compile(r"[\s,\[\]\"']+")


def scopes_in(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """Give the scopes of ours in all claims together, or None where no claim speaks of scopes.

    A claim that is there and grants nothing is a restriction, and gives the empty set.
    """
    said = [claims[name] for name in SCOPE_CLAIMS if name in claims]
    if not said:
        return None
    return frozenset(scope for value in said for scope in _texts(value) if scope.startswith(_OURS))


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return _BETWEEN.split(value)
        case list() | tuple():
            return [text for each in value if isinstance(each, str) for text in each.split()]
        case _:
            return []
