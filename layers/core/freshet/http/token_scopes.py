"""The scopes that a token carries, in the claims and spellings of different issuers."""

import json
from collections.abc import Mapping
from typing import Any

# What the app asked for and was given: RFC 8693; Okta and Entra ID.
_DELEGATED = ("scope", "scp")
# What the user or the machine may do at all: Auth0; machines of Entra ID.
_ASSIGNED = ("permissions", "roles")
SCOPE_CLAIMS = (*_DELEGATED, *_ASSIGNED)
_OURS = "freshet/"


def scopes_in(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """Give the token's scopes of ours, or None where no claim speaks of scopes.

    Where the app's own claims name one of ours, they limit the token: a user who may do more has
    given this app less. A claim that is there and grants nothing is a restriction, too.
    """
    if not any(name in claims for name in SCOPE_CLAIMS):
        return None
    return _named(claims, _DELEGATED) or _named(claims, _ASSIGNED)


def _named(claims: Mapping[str, Any], names: tuple[str, ...]) -> frozenset[str]:
    texts = [text for name in names for text in _texts(claims.get(name))]
    return frozenset(text for text in texts if text.startswith(_OURS))


def _texts(value: object) -> list[str]:
    match value:
        case str() if value.startswith("[") and value.endswith("]"):
            # An array: an HTTP API hands it over as `[a b]`, other gateways as JSON.
            return _from_json(value) or value[1:-1].split()
        case str():
            return value.split()
        case list() | tuple():
            return [each for each in value if isinstance(each, str)]
        case _:
            return []


def _from_json(text: str) -> list[str]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [each for each in document if isinstance(each, str)]
