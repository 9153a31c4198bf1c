"""The steps between a delivery of SnapTrade's and the queue, and the gateway's before them."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from copy import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freshet.adapters import provider_keys
from freshet.adapters.snaptrade import signature, webhooks
from freshet.domain import webhooks as domain
from freshet.domain.instants import from_text
from freshet.domain.webhooks import Proven
from freshet.services import accept_webhook as service
from functions.receive_webhook import app
from tests.replacing import InPlaceOf
from tests.vectors.step import Step, without

_TICK = timedelta(microseconds=1)
_VERIFIER = webhooks.SnapTradeVerifier
_MATCHES, _DIGEST, _VERIFY = signature._matches, signature._digest, _VERIFIER.verify
_DELIVERY, _KEYS = app._delivery, _VERIFIER._consumer_keys


def _only_canonical(signature: str, digests: Sequence[bytes]) -> bool:
    return _MATCHES(signature, digests[::2])


def _only_raw(signature: str, digests: Sequence[bytes]) -> bool:
    return _MATCHES(signature, digests[1::2] if len(digests) > 1 else digests)


def _by_text(signature: str, digests: Sequence[bytes]) -> bool:
    return any(hmac.compare_digest(signature, base64.b64encode(each).decode()) for each in digests)


def _in_any_case(signature: str, digests: Sequence[bytes]) -> bool:
    return signature.lower() in {base64.b64encode(each).decode().lower() for each in digests}


def _decoded(signature: str, digests: Sequence[bytes]) -> bool:
    try:
        return base64.b64decode(signature) in digests
    except ValueError:
        return False


def _first_of_several(signature: str, digests: Sequence[bytes]) -> bool:
    return _MATCHES(signature.split(",")[0], digests)


def _without_key(consumer_key: str, message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


def _only_newest(self: webhooks.SnapTradeVerifier, now: datetime) -> list[str]:
    return _KEYS(self, now)[:1]


def _with_secret(
    self: webhooks.SnapTradeVerifier, body: bytes, headers: Mapping[str, str], now: datetime
) -> Proven:
    return replace(_VERIFY(self, body, headers, now), text=body.decode())


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
    without("signature", InPlaceOf(signature._matches), lambda *_, **__: True, lets_in=True),
    without("signature's key", InPlaceOf(signature._digest), _without_key, lets_in=True),
    without("signature's case", InPlaceOf(signature._matches), _in_any_case, lets_in=True),
    without(
        "signature as text, not decoded", InPlaceOf(signature._matches), _decoded, lets_in=True
    ),
    without("signature compared as bytes", InPlaceOf(signature._matches), _by_text),
    without("one header only", InPlaceOf(signature._matches), _first_of_several, lets_in=True),
    without("raw form", InPlaceOf(signature._matches), _only_canonical),
    without("canonical form", InPlaceOf(signature._matches), _only_raw),
    without("previous key", InPlaceOf(_VERIFIER._consumer_keys), _only_newest),
    Step("previous key's end", provider_keys, "PREVIOUS_ACCEPTED_FOR", _YEARS, lets_in=True),
    without("secret is dropped", InPlaceOf(_VERIFIER.verify), _with_secret),
    without("offset", InPlaceOf(from_text, within=webhooks), _without_offset),
    without("blank in place of T", InPlaceOf(from_text, within=webhooks), _demanding_t),
    Step("body limit", service, "BODY_LIMIT_BYTES", 10**9, lets_in=True),
    Step("body limit, a byte less", service, "BODY_LIMIT_BYTES", service.BODY_LIMIT_BYTES - 1),
    without("header names in lower case", InPlaceOf(app._delivery), _as_named),
    without("base64 of the gateway", InPlaceOf(app._delivery), _still_encoded),
]
