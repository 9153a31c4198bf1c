"""Signs as Plaid does, with keys derived from numbers, the same bytes on every run."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.integration.plaid_vector import BODY, KEY_ID, PUBLISHED_KEY
from tests.vectors.vector import Vector

NOW = 1767229210
OWN = ec.derive_private_key(2026_11_20, ec.SECP256R1())
STRANGER = ec.derive_private_key(2026_11_21, ec.SECP256R1())
LONGER = ec.derive_private_key(2026_11_22, ec.SECP384R1())
_HASHES: dict[str, hashes.HashAlgorithm] = {"ES256": hashes.SHA256(), "ES384": hashes.SHA384()}


def unpadded(raw: bytes) -> str:
    """Write bytes as tokens do."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def jwk(private: ec.EllipticCurvePrivateKey = OWN, **changes: Any) -> dict[str, Any]:
    """Give the public half as Plaid's key service does."""
    public = private.public_key().public_numbers()
    size = private.curve.key_size // 8
    numbers = {"x": unpadded(public.x.to_bytes(size)), "y": unpadded(public.y.to_bytes(size))}
    return PUBLISHED_KEY | numbers | changes


def pem() -> bytes:
    """Give the public half as a forger would take it for a shared secret."""
    return OWN.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def claims(body: bytes = BODY, **changes: Any) -> dict[str, Any]:
    """Say of a body what Plaid says, ten seconds ago; what is changed to None is left out."""
    values = {"iat": NOW - 10, "request_body_sha256": hashlib.sha256(body).hexdigest()} | changes
    return {name: value for name, value in values.items() if value is not None}


def header(**changes: Any) -> dict[str, Any]:
    """Give a token's header; what is changed to None is left out."""
    values = {"alg": "ES256", "kid": KEY_ID, "typ": "JWT"} | changes
    return {name: value for name, value in values.items() if value is not None}


def signing_input(head: Any, payload: Any) -> str:
    """Write the two parts that are signed."""
    return ".".join(unpadded(json.dumps(part).encode()) for part in (head, payload))


def elliptic(
    text: str, private: ec.EllipticCurvePrivateKey = OWN, algorithm: str = "ES256"
) -> bytes:
    """Sign with an elliptic key, without randomness (RFC 6979)."""
    chosen = ec.ECDSA(_HASHES[algorithm], deterministic_signing=True)
    numbers = decode_dss_signature(private.sign(text.encode(), chosen))
    return b"".join(number.to_bytes(private.curve.key_size // 8) for number in numbers)


def shared(text: str, secret: bytes) -> bytes:
    """Sign as somebody who takes the public key for a shared secret."""
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()


def token(payload: Any = None, head: Any = None, private: ec.EllipticCurvePrivateKey = OWN) -> str:
    """Give a token signed by ES256, or by ES384 where the key is a longer one."""
    algorithm = "ES256" if private.curve.key_size == OWN.curve.key_size else "ES384"
    text = signing_input(
        header() if head is None else head, claims() if payload is None else payload
    )
    return f"{text}.{unpadded(elliptic(text, private, algorithm))}"


def delivery(
    name: str,
    verdict: str = "accept",
    reason: str | None = None,
    *,
    body: bytes = BODY,
    given: str | None = None,
    headers: dict[str, str] | None = None,
    jwks: dict[str, Any] | None = None,
    now: int = NOW,
) -> Vector:
    """Give a delivery with a good token for its body, unless it says otherwise."""
    verification = token(claims(body)) if given is None else given
    return Vector(
        name=f"plaid: {name}",
        provider="plaid",
        headers={"plaid-verification": verification} if headers is None else headers,
        body=body,
        keys={"jwks": {KEY_ID: jwk()} if jwks is None else jwks},
        now=now,
        verdict=verdict,
        reason=reason,
    )


def refused(name: str, reason: str, **given: Any) -> Vector:
    """Give a delivery that is refused."""
    return delivery(name, "reject", reason, **given)
