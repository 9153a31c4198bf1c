"""Plaid's public keys: asked for rarely, remembered, and never made to flood Plaid."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.adapters.plaid.key_look_up import KeyLookUp
from freshet.adapters.plaid.lazy import LazyPlaidVerifier
from freshet.adapters.plaid.verification import CachedVerificationKeys
from freshet.adapters.transport import Answer
from freshet.domain.call_errors import AnswerLost, NotReached, ProviderAnswer
from freshet.domain.errors import SecretUnavailable, SignatureRejected
from tests.builders import NOON
from tests.integration.plaid_bench import (
    SECRET,
    FakeTransport,
    FixedPlaidKeys,
    error_answer,
    json_answer,
)
from tests.integration.plaid_vector import OWN_KEY

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
ASKED = ProviderAnswer(provider="plaid", operation="verification_key")


class FakeLookUp:
    """Knows one key, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failure: Exception | None = None
        self.known = {"known": OWN_KEY}

    def __call__(self, key_id: str) -> Mapping[str, Any] | None:
        self.asked.append(key_id)
        if self.failure is not None:
            raise self.failure
        return self.known.get(key_id)


@pytest.fixture
def look_up() -> FakeLookUp:
    return FakeLookUp()


def _look_up(answer: Answer | Exception) -> tuple[KeyLookUp, FakeTransport]:
    transport = FakeTransport([answer])
    return KeyLookUp(
        PlaidHttpClient("https://plaid.example", FixedPlaidKeys(), transport)
    ), transport


@pytest.mark.parametrize(("age", "asked"), [(HOUR - SECOND, 1), (HOUR, 2)])
def test_key_is_asked_for_again_when_it_was_remembered_for_an_hour(
    look_up: FakeLookUp, age: timedelta, asked: int
) -> None:
    keys = CachedVerificationKeys(look_up)
    for now in (NOON, NOON + age):
        assert keys.find("known", now=now) == OWN_KEY
    assert len(look_up.asked) == asked


@pytest.mark.parametrize(("age", "asked"), [(5 * MINUTE - SECOND, 1), (5 * MINUTE, 2)])
def test_unknown_id_is_refused_unasked_when_it_was_asked_for_lately(
    look_up: FakeLookUp, age: timedelta, asked: int
) -> None:
    keys = CachedVerificationKeys(look_up)
    for now in (NOON, NOON + age):
        with pytest.raises(SignatureRejected) as refused:
            keys.find("unknown", now=now)
        assert refused.value.reason == "unknown_key"
    assert len(look_up.asked) == asked


def test_new_key_is_found_when_plaid_has_rotated(look_up: FakeLookUp) -> None:
    keys = CachedVerificationKeys(look_up)
    keys.find("known", now=NOON)
    look_up.known["new"] = OWN_KEY | {"kid": "new"}
    assert keys.find("new", now=NOON + SECOND)["kid"] == "new"
    assert keys.find("known", now=NOON + SECOND) == OWN_KEY


def test_nothing_is_remembered_when_the_key_service_was_in_trouble(look_up: FakeLookUp) -> None:
    keys = CachedVerificationKeys(look_up)
    look_up.failure = SecretUnavailable("webhook key")
    with pytest.raises(SecretUnavailable):
        keys.find("known", now=NOON)
    look_up.failure = None
    assert keys.find("known", now=NOON) == OWN_KEY


def test_plaid_is_spared_and_nothing_called_forged_when_inventions_flood_in(
    look_up: FakeLookUp,
) -> None:
    keys = CachedVerificationKeys(look_up)
    keys.find("known", now=NOON)
    for number in range(9):
        with pytest.raises(SignatureRejected):
            keys.find(f"invented-{number}", now=NOON)
    with pytest.raises(SecretUnavailable):
        keys.find("invented-9", now=NOON + MINUTE - SECOND)
    assert len(look_up.asked) == 10
    assert keys.find("known", now=NOON + MINUTE - SECOND) == OWN_KEY
    with pytest.raises(SignatureRejected):
        keys.find("invented-9", now=NOON + MINUTE)


def test_memory_stays_small_when_inventions_go_on_for_hours(look_up: FakeLookUp) -> None:
    keys = CachedVerificationKeys(look_up)
    for number in range(600):
        with pytest.raises(SignatureRejected):
            keys.find(f"invented-{number}", now=NOON + number * 7 * SECOND)
    assert keys.find("known", now=NOON + 600 * 7 * SECOND) == OWN_KEY


def test_key_is_given_when_plaid_knows_it() -> None:
    look_up, transport = _look_up(json_answer({"key": OWN_KEY, "request_id": "r"}))
    assert look_up("known") == OWN_KEY
    (request,) = transport.requests
    assert request.url == "https://plaid.example/webhook_verification_key/get"
    assert json.loads(request.data) == {"key_id": "known"}


def test_none_is_given_when_plaid_does_not_know_the_id() -> None:
    refusal = error_answer("INVALID_WEBHOOK_VERIFICATION_KEY_ID", "INVALID_INPUT")
    assert _look_up(refusal)[0]("unknown") is None


@pytest.mark.parametrize(
    "answer",
    [
        error_answer("INVALID_API_KEYS", "INVALID_INPUT"),
        error_answer("RATE_LIMIT", "RATE_LIMIT_EXCEEDED", 429),
        error_answer("INTERNAL_SERVER_ERROR", "API_ERROR", 500),
        Answer(502, CaseInsensitiveDict(), b"<html></html>"),
        Answer(200, CaseInsensitiveDict(), b"<html></html>"),
        Answer(200, CaseInsensitiveDict(), b""),
        json_answer([]),
        json_answer({"key": None}),
        json_answer({"key": "text"}),
        NotReached(ASKED),
        AnswerLost(ASKED),
    ],
)
def test_trouble_is_ours_and_proves_no_forgery_when_the_key_service_fails(
    answer: Answer | Exception,
) -> None:
    with pytest.raises(SecretUnavailable) as failed:
        _look_up(answer)[0]("known")
    assert SECRET not in repr(failed.value)


def test_no_key_is_asked_for_when_nothing_was_delivered_to_the_lazy_verifier() -> None:
    verifier = LazyPlaidVerifier("https://plaid.example", FixedPlaidKeys())
    with pytest.raises(SignatureRejected) as refused:
        verifier.verify(b"{}", {}, NOON)
    assert refused.value.reason == "no_signature"
    assert verifier.event_headers == ("plaid-verification",)
