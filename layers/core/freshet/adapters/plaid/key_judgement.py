"""Is this a key of Plaid's? Judged before it is remembered, so that trouble stays trouble."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# What loads a key, otherwise imported with the first one, while the provider waits.
import cryptography.hazmat.backends.openssl.backend  # noqa: F401
import jwt

from freshet.domain.errors import SecretUnavailable

ALGORITHM = "ES256"
_FIXED = {"alg": ALGORITHM, "crv": "P-256", "kty": "EC"}
_OPTIONAL = {"use": "sig"}
_COORDINATE = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes
_KEPT = (*_FIXED, *_OPTIONAL, "kid", "x", "y", "expired_at")
_KEY_ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def may_be_key_id(key_id: str) -> bool:
    """Tell whether Plaid may have a key of this id: all of them are UUIDs."""
    return _KEY_ID.fullmatch(key_id) is not None


def judged_key(key_id: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what is kept of a key; raises SecretUnavailable for what is no key of this id.

    A garbled answer says nothing of the webhook: called a forgery, it would be lost.
    """
    wanted = (
        _FIXED | {"kid": key_id} | {name: _OPTIONAL[name] for name in _OPTIONAL if name in document}
    )
    is_known = all(document.get(name) == value for name, value in wanted.items())
    is_point = all(_is_coordinate(document.get(name)) for name in ("x", "y"))
    if not (is_known and is_point and _is_end(document.get("expired_at"))):
        raise SecretUnavailable("webhook key")
    kept = {name: document[name] for name in _KEPT if name in document}
    public_key(kept)
    return kept


def public_key(key: Mapping[str, Any]) -> jwt.PyJWK:
    """Load a key; raises SecretUnavailable for a point off the curve."""
    try:
        return jwt.PyJWK(dict(key), algorithm=ALGORITHM)
    except (jwt.PyJWTError, ValueError):
        raise SecretUnavailable("webhook key") from None


def _is_coordinate(value: object) -> bool:
    return isinstance(value, str) and _COORDINATE.fullmatch(value) is not None


def _is_end(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    try:
        datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return True
