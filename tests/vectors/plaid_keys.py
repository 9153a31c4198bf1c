"""Plaid's deliveries: which key is named, and what the key service says of it."""

from typing import Any

from tests.integration.plaid_vector import KEY_ID
from tests.vectors.token_signing import (
    LONGER,
    NOW,
    OWN,
    STRANGER,
    delivery,
    header,
    jwk,
    refused,
    token,
)
from tests.vectors.vector import Vector

_OTHER_ID = "11111111-9d52-4b7a-8c11-5e2d90b7a4f6"


def all_vectors() -> list[Vector]:
    """Give them in order."""
    return [*_ids(), *_service(), *_expiry(), *_documents()]


def _ids() -> list[Vector]:
    two = {KEY_ID: jwk(), _OTHER_ID: jwk(STRANGER, kid=_OTHER_ID)}
    return [
        refused("no key id", "no_key_id", given=_with(None)),
        refused("empty key id", "no_key_id", given=_with("")),
        refused("number as key id", "not_a_token", given=_with(7)),
        refused("list as key id", "not_a_token", given=_with([KEY_ID])),
        refused("key id that cannot be one", "impossible_key_id", given=_with("x")),
        refused("key id with more behind it", "impossible_key_id", given=_with(f"{KEY_ID}\n")),
        refused("unknown key id", "unknown_key", given=_with(_OTHER_ID)),
        refused("key id in capitals", "unknown_key", given=_with(KEY_ID.upper())),
        refused("key of the other environment", "unknown_key", jwks={}),
        delivery("second of two keys", given=_with(_OTHER_ID, STRANGER), jwks=two),
        refused("first key, second id", "bad_signature", given=_with(_OTHER_ID), jwks=two),
    ]


def _with(key_id: Any, private: Any = OWN) -> str:
    return token(head=header(kid=key_id), private=private)


def _service() -> list[Vector]:
    trouble: dict[str, Any] = {"jwks": {KEY_ID: "RATE_LIMIT"}}
    unavailable = ("unavailable", "SecretUnavailable")
    return [
        delivery("key service in trouble", *unavailable, **trouble),
        delivery(
            "key service in trouble, forged", *unavailable, given=_with(KEY_ID, STRANGER), **trouble
        ),
        refused("key service in trouble, no token", "not_a_token", given="x", **trouble),
        refused(
            "key service in trouble, other id", "unknown_key", given=_with(_OTHER_ID), **trouble
        ),
    ]


def _expiry() -> list[Vector]:
    return [
        refused("key expired an hour ago", "expired_key", jwks=_ending(NOW - 3600)),
        refused("key expired a second ago", "expired_key", jwks=_ending(NOW - 1)),
        refused("key expires now", "expired_key", jwks=_ending(NOW)),
        delivery("key expires in a second", jwks=_ending(NOW + 1)),
        delivery("key expires in a year", jwks=_ending(NOW + 31_536_000)),
        delivery("key without an end", jwks=_ending(None)),
        refused("key expired before the epoch", "expired_key", jwks=_ending(0)),
    ]


def _ending(expired_at: int | None) -> dict[str, Any]:
    return {KEY_ID: jwk(expired_at=expired_at)}


def _documents() -> list[Vector]:
    odd: dict[str, dict[str, Any]] = {
        "empty": {},
        "without a point": {name: value for name, value in jwk().items() if name not in "xy"},
        "without one number": {name: value for name, value in jwk().items() if name != "x"},
        "without an id": {name: value for name, value in jwk().items() if name != "kid"},
        "of another id": jwk(kid=_OTHER_ID),
        "for a shared secret": {"kty": "oct", "k": "c2VjcmV0", "kid": KEY_ID},
        "for another algorithm": jwk(alg="HS256"),
        "for encryption": jwk(use="enc"),
        "of another curve": jwk(LONGER, crv="P-384"),
        "with its curve misnamed": jwk(crv="P-384"),
        "with a point off the curve": jwk(y=jwk()["x"]),
        "with a point that is no base64": jwk(y="not base64!"),
        "with a number cut off": jwk(x=jwk()["x"][:-1]),
        "with a number for a text": jwk(x=7),
        "with an end that is a text": jwk(expired_at="tomorrow"),
        "with an end that is a yes": jwk(expired_at=True),
        "with an end beyond all time": jwk(expired_at=10**18),
    }
    return [
        delivery(f"key {name}", "unavailable", "SecretUnavailable", jwks={KEY_ID: document})
        for name, document in odd.items()
    ]
