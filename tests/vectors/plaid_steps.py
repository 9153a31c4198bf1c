"""The steps between a delivery of Plaid's and the queue."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import jwt
from jwt.types import Options

from freshet.adapters.plaid import key_memory, verification
from freshet.domain.errors import SecretUnavailable, SignatureRejected
from tests.integration.plaid_vector import KEY_ID
from tests.replacing import InPlaceOf
from tests.vectors.step import Step, without

_TICK, _SECOND, _YEARS = timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=36_500)
_CACHE = key_memory.KeyMemory
_KEY_OF, _EXPIRED, _FIND = verification._key_id, verification._has_expired, _CACHE.find


def _any_algorithm(token: str) -> str:
    return str(jwt.get_unverified_header(token).get("kid"))


def _always_ours(token: str) -> str:
    _KEY_OF(token)
    return KEY_ID


def _decoded(token: str, key: Mapping[str, Any], *, verify_iat: bool) -> dict[str, Any]:
    public_key = jwt.PyJWK(dict(key), algorithm="ES256")
    return dict(
        jwt.decode(token, public_key, algorithms=["ES256"], options={"verify_iat": verify_iat})
    )


def _unverified(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return dict(jwt.decode(token, options={"verify_signature": False}))
    except jwt.PyJWTError:
        raise SignatureRejected("bad_signature") from None


def _by_the_keys_algorithm(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    try:
        options: Options = {"verify_iat": False, "require": ["iat", "request_body_sha256"]}
        return dict(jwt.decode(token, jwt.PyJWK(dict(key)), options=options))
    except (jwt.PyJWTError, ValueError):
        raise SignatureRejected("bad_signature") from None


def _with_nothing_required(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    return _decoded(token, key, verify_iat=False)


def _by_the_librarys_clock(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    return _decoded(token, key, verify_iat=True)


def _never(key: Mapping[str, Any], now: datetime) -> bool:
    return False


def _a_second_later(key: Mapping[str, Any], now: datetime) -> bool:
    return _EXPIRED(key, now - _SECOND)


def _whenever_it_ends(key: Mapping[str, Any], now: datetime) -> bool:
    return key.get("expired_at") is not None


def _of_any_age(claims: Mapping[str, Any], now: datetime) -> datetime:
    return datetime.fromtimestamp(int(claims["iat"]), UTC)


def _in_any_case(one: bytes, other: bytes) -> bool:
    return one.lower() == other.lower()


def _by_content(body: bytes) -> Any:
    written = json.dumps(json.loads(body), indent=2, sort_keys=True)
    return hashlib.sha256(written.encode())


def _as_forgery(self: key_memory.KeyMemory, key_id: str, *, now: datetime) -> Mapping[str, Any]:
    try:
        return _FIND(self, key_id, now=now)
    except SecretUnavailable:
        raise SignatureRejected("unknown_key") from None


def _as_served(key_id: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    return document


def _anything(body: bytes) -> tuple[str, dict[str, Any]]:
    return body.decode(errors="replace"), {}


def _lenient_comparison(stand_in: Any) -> SimpleNamespace:
    return SimpleNamespace(compare_digest=stand_in)


_OLDEST, _AHEAD = verification.OLDEST, verification.FURTHEST_AHEAD
_BOUNDS = [
    Step("a day, a tick less", verification, "OLDEST", _OLDEST - _TICK),
    Step("a day, a second more", verification, "OLDEST", _OLDEST + _SECOND, lets_in=True),
    Step("a minute, a tick less", verification, "FURTHEST_AHEAD", _AHEAD - _TICK),
    Step("a minute and a second", verification, "FURTHEST_AHEAD", _AHEAD + _SECOND, lets_in=True),
]
HEADER_PIN = without(
    "algorithm's pin on the header", InPlaceOf(verification._key_id), _any_algorithm
)
KEY_PIN = without(
    "algorithm's pin on the key", InPlaceOf(verification._claims), _by_the_keys_algorithm
)
JUDGEMENT = Step("key's judgement", key_memory, "judged_key", _as_served)
STEPS = [
    *_BOUNDS,
    JUDGEMENT,
    Step("oldest", verification, "OLDEST", _YEARS, lets_in=True),
    Step("furthest ahead", verification, "FURTHEST_AHEAD", _YEARS, lets_in=True),
    without("age", InPlaceOf(verification._issued_at), _of_any_age, lets_in=True),
    HEADER_PIN,
    without("key id", InPlaceOf(verification._key_id), _always_ours, lets_in=True),
    without("signature", InPlaceOf(verification._claims), _unverified, lets_in=True),
    without("claims required", InPlaceOf(verification._claims), _with_nothing_required),
    without("our own clock", InPlaceOf(verification._claims), _by_the_librarys_clock),
    without("key's end", InPlaceOf(verification._has_expired), _never, lets_in=True),
    without(
        "key's end, a second later",
        InPlaceOf(verification._has_expired),
        _a_second_later,
        lets_in=True,
    ),
    without("key's end to come", InPlaceOf(verification._has_expired), _whenever_it_ends),
    Step("body's hash", verification, "hmac", _lenient_comparison(lambda *_: True), lets_in=True),
    Step("hash in lower case", verification, "hmac", _lenient_comparison(_in_any_case), True),
    Step("hash of the bytes", verification, "hashlib", SimpleNamespace(sha256=_by_content), True),
    without("object and environment", InPlaceOf(verification._object), _anything, lets_in=True),
    without("trouble is no forgery", InPlaceOf(_CACHE.find), _as_forgery),
]
