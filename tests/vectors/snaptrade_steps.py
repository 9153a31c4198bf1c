"""The steps between a delivery of SnapTrade's and the queue, and the gateway's before them."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freshet.adapters import provider_keys
from freshet.adapters.snaptrade import signature, webhooks
from freshet.domain import webhooks as domain
from freshet.domain.webhooks import Proven
from freshet.services import accept_webhook as service
from functions.receive_webhook import app
from tests.vectors.step import Step

_TICK = timedelta(microseconds=1)
_VERIFIER = webhooks.SnapTradeVerifier
_MATCHES, _DIGEST, _VERIFY = signature._matches, signature._digest, _VERIFIER.verify
_DELIVERY, _KEYS = app._delivery, _VERIFIER._consumer_keys


def _only_canonical(given: str, digests: Sequence[bytes]) -> bool:
    return _MATCHES(given, digests[::2])


def _only_raw(given: str, digests: Sequence[bytes]) -> bool:
    return _MATCHES(given, digests[1::2] if len(digests) > 1 else digests)


def _by_text(given: str, digests: Sequence[bytes]) -> bool:
    return any(hmac.compare_digest(given, base64.b64encode(each).decode()) for each in digests)


def _in_any_case(given: str, digests: Sequence[bytes]) -> bool:
    return given.lower() in {base64.b64encode(each).decode().lower() for each in digests}


def _decoded(given: str, digests: Sequence[bytes]) -> bool:
    try:
        return base64.b64decode(given) in digests
    except ValueError:
        return False


def _first_of_several(given: str, digests: Sequence[bytes]) -> bool:
    return _MATCHES(given.split(",")[0], digests)


def _without_key(consumer_key: str, message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


def _only_newest(self: Any, now: datetime) -> list[str]:
    return _KEYS(self, now)[:1]


def _with_secret(self: Any, body: bytes, headers: Mapping[str, str], now: datetime) -> Proven:
    return replace(_VERIFY(self, body, headers, now), body=body)


def _without_offset(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _demanding_t(text: str) -> datetime:
    return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)


def _as_named(event: dict[str, Any]) -> service.Delivery:
    return replace(_DELIVERY(event), headers=event["headers"])


def _still_encoded(event: dict[str, Any]) -> service.Delivery:
    return _DELIVERY(event | {"isBase64Encoded": False})


_BOUNDS = [
    Step(f"{name} {change / _TICK:+.0f} microsecond", owner, name, getattr(owner, name) + change)
    for owner, name in (
        (webhooks, "OLDEST"),
        (webhooks, "FURTHEST_AHEAD"),
        (domain, "LATE_AFTER"),
        (provider_keys, "PREVIOUS_ACCEPTED_FOR"),
    )
    for change in (-_TICK, _TICK)
    # The previous key's day ends between two vectors that are a second apart.
    if (name, change) != ("PREVIOUS_ACCEPTED_FOR", _TICK)
]
_YEARS = timedelta(days=36_500)
STEPS = [
    *_BOUNDS,
    Step("oldest", webhooks, "OLDEST", _YEARS, lets_in=True),
    Step("furthest ahead", webhooks, "FURTHEST_AHEAD", _YEARS, lets_in=True),
    Step("late", domain, "LATE_AFTER", _YEARS),
    Step("signature", signature, "_matches", lambda *_: True, lets_in=True),
    Step("signature's key", signature, "_digest", _without_key, lets_in=True),
    Step("signature's case", signature, "_matches", _in_any_case, lets_in=True),
    Step("signature as text, not decoded", signature, "_matches", _decoded, lets_in=True),
    Step("signature compared as bytes", signature, "_matches", _by_text),
    Step("one header only", signature, "_matches", _first_of_several, lets_in=True),
    Step("raw form", signature, "_matches", _only_canonical),
    Step("canonical form", signature, "_matches", _only_raw),
    Step("previous key", _VERIFIER, "_consumer_keys", _only_newest),
    Step("previous key's end", provider_keys, "PREVIOUS_ACCEPTED_FOR", _YEARS, lets_in=True),
    Step("secret is dropped", _VERIFIER, "verify", _with_secret),
    Step("offset", webhooks, "from_text", _without_offset),
    Step("blank in place of T", webhooks, "from_text", _demanding_t),
    Step("body limit", service, "BODY_LIMIT_BYTES", 10**9, lets_in=True),
    Step("body limit, a byte less", service, "BODY_LIMIT_BYTES", service.BODY_LIMIT_BYTES - 1),
    Step("header names in lower case", app, "_delivery", _as_named),
    Step("base64 of the gateway", app, "_delivery", _still_encoded),
]
