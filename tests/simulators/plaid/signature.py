"""Signing and verifying webhooks, written independently of the product package."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm

from tests.simulators.common.exact_json import Document

ALGORITHM = "ES256"
MAX_AGE_SECONDS = 300
MAX_AHEAD_SECONDS = 60


class WebhookRefused(Exception):
    """A webhook is not signed by the provider, not now, or not over this body."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of the provider; an expired one signs nothing any more."""

    kid: str
    private_key: ec.EllipticCurvePrivateKey
    created_at: datetime
    expired_at: datetime | None = None

    def jwk(self) -> Document:
        """Return the public key as the key endpoint shows it."""
        point = ECAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        expired_at = self.expired_at
        return {
            "alg": ALGORITHM,
            "created_at": int(self.created_at.timestamp()),
            "crv": point["crv"],
            "expired_at": int(expired_at.timestamp()) if expired_at else None,
            "kid": self.kid,
            "kty": point["kty"],
            "use": "sig",
            "x": point["x"],
            "y": point["y"],
        }


def derived_private_key(*words: str) -> ec.EllipticCurvePrivateKey:
    """Return the private key that always belongs to these words."""
    digest = hashlib.sha256("/".join(words).encode()).digest()
    # Half of the digest is always below the order of the curve and never zero in practice.
    return ec.derive_private_key(int.from_bytes(digest[:16]), ec.SECP256R1())


def body_digest(body: bytes) -> str:
    """Return the claim over a body."""
    return hashlib.sha256(body).hexdigest()


def webhook_body(document: Document) -> bytes:
    """Render a webhook as the provider does: two spaces, sorted keys, no final newline."""
    return json.dumps(document, indent=2, sort_keys=True).encode()


def webhook_jwt(
    private_key: ec.EllipticCurvePrivateKey,
    *,
    kid: str,
    body: bytes,
    iat: int,
    digest: str | None = None,
) -> str:
    """Sign a body; `digest` replaces the true claim."""
    claims = {"iat": iat, "request_body_sha256": digest or body_digest(body)}
    return jwt.encode(claims, private_key, algorithm=ALGORITHM, headers={"kid": kid})


def verify_webhook(
    token: str, body: bytes, *, key_of: Callable[[str], Document | None], now: int
) -> None:
    """Check a webhook as the documentation says; raises WebhookRefused."""
    try:
        header = jwt.get_unverified_header(token)
        jwk = key_of(str(header.get("kid")))
        if header.get("alg") != ALGORITHM or jwk is None or jwk["expired_at"] is not None:
            raise WebhookRefused("key")
        # The provider's clock is injected, so the library must not compare with the real one.
        claims: dict[str, Any] = jwt.decode(
            token, jwt.PyJWK(jwk), algorithms=[ALGORITHM], options={"verify_iat": False}
        )
    except jwt.PyJWTError as error:
        raise WebhookRefused("signature") from error
    if not -MAX_AHEAD_SECONDS <= now - int(claims["iat"]) <= MAX_AGE_SECONDS:
        raise WebhookRefused("time")
    if not hmac.compare_digest(str(claims["request_body_sha256"]), body_digest(body)):
        raise WebhookRefused("body")


def unsigned_jwt(*, kid: str, body: bytes, iat: int) -> str:
    """Return a token with the algorithm `none`."""
    return f"{_signing_input('none', kid=kid, body=body, iat=iat)}."


def public_key_as_secret_jwt(key: SigningKey, *, body: bytes, iat: int) -> str:
    """Return a token signed by HS256 with the public key as the secret."""
    message = _signing_input("HS256", kid=key.kid, body=body, iat=iat)
    public_key = key.private_key.public_key()
    secret = public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    digest = hmac.new(secret, message.encode(), hashlib.sha256).digest()
    return f"{message}.{_encoded(digest)}"


def _signing_input(algorithm: str, *, kid: str, body: bytes, iat: int) -> str:
    header = {"alg": algorithm, "kid": kid, "typ": "JWT"}
    claims = {"iat": iat, "request_body_sha256": body_digest(body)}
    return ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
