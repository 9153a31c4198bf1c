"""Verification of Plaid's webhooks: an ES256 signature over a JWT with the body's hash."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import jwt
from msgspec import Struct

from freshet.adapters.plaid.headers import PROOF
from freshet.adapters.plaid.key_judgement import ALGORITHM, public_key
from freshet.adapters.webhook_texts import demand_sound_ids
from freshet.domain.errors import MalformedWebhook, SecretUnavailable, SignatureRejected
from freshet.domain.webhooks import Proven

# Deliveries are retried for a day. A replay is harmless: events are claimed and only ask for reads.
OLDEST = timedelta(hours=24)
FURTHEST_AHEAD = timedelta(seconds=60)


class VerificationKeys(Protocol):
    """Gives Plaid's public keys."""

    def find(self, key_id: str, *, now: datetime) -> Mapping[str, Any]:
        """Give a JWK; raises SignatureRejected for none, SecretUnavailable for trouble."""

    def note_verified(self, key_id: str) -> None:
        """Take note that a delivery has verified with this key."""


class PlaidVerifier(Struct, frozen=True):
    """Lets a delivery in, or raises SignatureRejected, MalformedWebhook, SecretUnavailable."""

    keys: VerificationKeys
    environment: str | None = None
    """Plaid's name of ours; a webhook that names another one was not meant for us."""
    event_headers: tuple[str, ...] = (PROOF,)

    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Proven:
        """Check algorithm, key, signature, age and body hash, in this order; give the text."""
        token = headers.get(PROOF, "")
        if not token:
            raise SignatureRejected("no_signature")
        key_id = _key_id(token)
        key = self.keys.find(key_id, now=now)
        if _has_expired(key, now):
            raise SignatureRejected("expired_key")
        claims = _claims(token, key)
        issued_at = _issued_at(claims, now)
        hashed = hashlib.sha256(body).hexdigest()
        claimed = str(claims.get(_BODY_HASH)).encode("utf-8", "replace")
        if not hmac.compare_digest(hashed.encode(), claimed):
            raise SignatureRejected("body_changed")
        text, document = _object(body)
        demand_sound_ids(document, ("item_id", "account_id"))
        environment = document.get("environment")
        if None not in (environment, self.environment) and environment != self.environment:
            raise SignatureRejected("other_environment")
        self.keys.note_verified(key_id)
        return Proven(text=text, signed_at=issued_at)


_BODY_HASH = "request_body_sha256"
_NOT_PLAIDS = ("iat", "exp", "nbf", "aud", "iss", "sub", "jti")


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError):
        raise SignatureRejected("not_a_token") from None
    if header.get("alg") != ALGORITHM:
        raise SignatureRejected("wrong_algorithm")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise SignatureRejected("no_key_id")
    return key_id


def _claims(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    loaded = public_key(key)
    try:
        # PyJWT's own clock and its other claims stay out: age is judged by ours, with bounds of
        # our own, and Plaid documents no other claim.
        options: Any = {f"verify_{claim}": False for claim in _NOT_PLAIDS}
        options["require"] = ["iat", _BODY_HASH]
        return jwt.decode(token, loaded, algorithms=[ALGORITHM], options=options)
    except (jwt.PyJWTError, ValueError):
        raise SignatureRejected("bad_signature") from None


def _issued_at(claims: Mapping[str, Any], now: datetime) -> datetime:
    seconds = claims.get("iat")
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise SignatureRejected("bad_issue_time")
    try:
        issued_at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise SignatureRejected("bad_issue_time") from None
    if now - issued_at > OLDEST:
        raise SignatureRejected("too_old")
    if issued_at - now > FURTHEST_AHEAD:
        raise SignatureRejected("from_the_future")
    return issued_at


def _object(body: bytes) -> tuple[str, dict[str, Any]]:
    try:
        text = body.decode()
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedWebhook("not_json") from None
    if not isinstance(document, dict):
        raise MalformedWebhook("not_an_object")
    return text, document


def _has_expired(key: Mapping[str, Any], now: datetime) -> bool:
    expired_at = key.get("expired_at")
    try:
        return expired_at is not None and datetime.fromtimestamp(int(expired_at), UTC) <= now
    except (TypeError, ValueError, OverflowError, OSError):
        raise SecretUnavailable("webhook key") from None  # no key of Plaid's looks like this
