"""A signed Plaid webhook that was published, and a signer of our own for everything else."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

NOW = datetime.fromtimestamp(1767229210, UTC)
BODY = json.dumps(
    {
        "environment": "sandbox",
        "error": None,
        "item_id": "Zq7LmV2bXwTn4RkP9sYd",
        "new_holdings": 2,
        "updated_holdings": 5,
        "webhook_code": "DEFAULT_UPDATE",
        "webhook_type": "HOLDINGS",
    },
    indent=2,
    sort_keys=True,
).encode()
KEY_ID = "0f3a6c1e-9d52-4b7a-8c11-5e2d90b7a4f6"
PUBLISHED_KEY: dict[str, Any] = {
    "alg": "ES256",
    "created_at": 1767225600,
    "crv": "P-256",
    "expired_at": None,
    "kid": KEY_ID,
    "kty": "EC",
    "use": "sig",
    "x": "KGUPwIhMW61hstDfYGxLOgYCK1gEZ_QfJF4huNvmuvs",
    "y": "F5LlKw4E8suKjD3p82p80DWSYHaYFQG3ayX2VddQtBs",
}
PUBLISHED_TOKEN = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6IjBmM2E2YzFlLTlkNTItNGI3YS04YzExLTVlMmQ5MGI3YTRmNiIsInR5cCI6"
    "IkpXVCJ9.eyJpYXQiOjE3NjcyMjkyMDAsInJlcXVlc3RfYm9keV9zaGEyNTYiOiJkN2ZjYmU4YWQ3Mzc4NTE1YWI"
    "0MjUyZDVmMWQ3NWVkMTA0ZmRhMDJhN2IyMWVhMTY0YTBlNWE1MjU5NzkwYmZjIn0.cuYDIIFNdU_PPr91GtUGibi"
    "pqXACs5iLGIzWNHz2Wa5AedtNosTSpSd-1otwfT34G67KG2mmj-4FgL2NSsnuvA"
)

_PRIVATE_KEY = ec.derive_private_key(20261120, ec.SECP256R1())


def _numbers() -> dict[str, str]:
    public = _PRIVATE_KEY.public_key().public_numbers()
    return {name: _unpadded(getattr(public, name).to_bytes(32)) for name in ("x", "y")}


def _unpadded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


OWN_KEY: dict[str, Any] = PUBLISHED_KEY | _numbers()


def claims_for(body: bytes = BODY, **changes: Any) -> dict[str, Any]:
    """What a token says of a body, ten seconds ago."""
    hashed = hashlib.sha256(body).hexdigest()
    values = {"iat": int(NOW.timestamp()) - 10, "request_body_sha256": hashed} | changes
    return {name: value for name, value in values.items() if value is not None}


def signed(claims: dict[str, Any], **header: Any) -> str:
    """Sign as Plaid does, with a key of our own."""
    return jwt.encode(claims, _PRIVATE_KEY, algorithm="ES256", headers={"kid": KEY_ID, **header})


def raw_token(header: dict[str, Any], claims: dict[str, Any], secret: bytes = b"") -> str:
    """Write a token as a forger would, with whatever header; HMAC where there is a secret."""
    parts = [_unpadded(json.dumps(part).encode()) for part in (header, claims)]
    signing_input = ".".join(parts)
    digest = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest() if secret else b""
    return f"{signing_input}.{_unpadded(digest)}"


def public_pem() -> bytes:
    """The public key as a forger would take it for a shared secret."""
    return _PRIVATE_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
