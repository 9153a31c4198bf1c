"""Webhooks that a receiver must refuse, made on request."""

import json
from collections.abc import Callable

from tests.simulators.plaid.signature import (
    SigningKey,
    body_digest,
    derived_private_key,
    public_key_as_secret_jwt,
    unsigned_jwt,
    webhook_jwt,
)

UNKNOWN_KID = "00000000-0000-4000-8000-000000000000"


class UnknownForgery(ValueError):
    """No forgery or tampering has this name."""


def forged_jwt(forgery: str, keys: list[SigningKey], body: bytes, iat: int) -> str | None:
    """Return a bad token, or None where the header is to be missing."""
    current = keys[-1]
    stranger = derived_private_key("a stranger")
    honest = webhook_jwt(current.private_key, kid=current.kid, body=body, iat=iat)
    makers: dict[str, Callable[[], str | None]] = {
        "other_key": lambda: webhook_jwt(stranger, kid=current.kid, body=body, iat=iat),
        "unknown_kid": lambda: webhook_jwt(stranger, kid=UNKNOWN_KID, body=body, iat=iat),
        "expired_key": lambda: _by_first_key(keys, body, iat),
        "none": lambda: unsigned_jwt(kid=current.kid, body=body, iat=iat),
        "hs256": lambda: public_key_as_secret_jwt(current, body=body, iat=iat),
        "two_parts": lambda: honest.rpartition(".")[0],
        "upper_digest": lambda: webhook_jwt(
            current.private_key,
            kid=current.kid,
            body=body,
            iat=iat,
            digest=body_digest(body).upper(),
        ),
        "garbage": lambda: "garbage",
        "missing": lambda: None,
    }
    if forgery not in makers:
        raise UnknownForgery(forgery)
    return makers[forgery]()


def tampered(body: bytes, how: str | None) -> bytes:
    """Return the body to send in place of the signed one."""
    if how is None:
        return body
    if how == "byte":
        return body.replace(b'"item_id"', b'"item_iD"', 1)
    if how == "indent":
        return json.dumps(json.loads(body), indent=4, sort_keys=True).encode()
    raise UnknownForgery(how)


def _by_first_key(keys: list[SigningKey], body: bytes, iat: int) -> str:
    if keys[0].expired_at is None:
        raise UnknownForgery("expired_key before any rotation")
    return webhook_jwt(keys[0].private_key, kid=keys[0].kid, body=body, iat=iat)
