"""Plaid's public keys: asked for rarely, remembered, and never made to flood Plaid."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.adapters.plaid.key_look_up import KeyLookUp
from freshet.adapters.plaid.key_memory import KeyMemory
from freshet.adapters.transport import Answer
from freshet.domain.call_errors import AnswerLost, NotReached, ProviderAnswer
from freshet.domain.errors import SecretUnavailable, SignatureRejected
from freshet.domain.instants import to_text
from tests.builders import NOON
from tests.integration.plaid_bench import (
    SECRET,
    FakeTransport,
    FixedPlaidKeys,
    error_answer,
    json_answer,
)
from tests.integration.plaid_vector import OWN_KEY
from tests.vectors.receiver import FakeKeyStore

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
ASKED = ProviderAnswer(provider="plaid", operation="verification_key")


KNOWN, NEW = (f"{digit * 8}-9d52-4b7a-8c11-5e2d90b7a4f6" for digit in "ab")


def _key(key_id: str, **changes: Any) -> dict[str, Any]:
    return OWN_KEY | {"kid": key_id} | changes


def _kept(key_id: str) -> dict[str, Any]:
    return {name: value for name, value in _key(key_id).items() if name != "created_at"}


def _invented(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


class FakeLookUp:
    """Knows one key, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failure: Exception | None = None
        self.known: dict[str, Any] = {KNOWN: _key(KNOWN)}

    def __call__(self, key_id: str) -> Mapping[str, Any] | None:
        self.asked.append(key_id)
        if self.failure is not None:
            raise self.failure
        return self.known.get(key_id)


@pytest.fixture
def look_up() -> FakeLookUp:
    return FakeLookUp()


def _memory(
    look_up: FakeLookUp, store: FakeKeyStore | None = None, *, draw: float = 0.0
) -> KeyMemory:
    return KeyMemory(look_up, random=lambda: draw, store=store or FakeKeyStore())


def _look_up(answer: Answer | Exception) -> tuple[KeyLookUp, FakeTransport]:
    transport = FakeTransport([answer])
    return KeyLookUp(
        PlaidHttpClient("https://plaid.example", FixedPlaidKeys(), transport)
    ), transport


@pytest.mark.parametrize(("age", "asked"), [(HOUR - SECOND, 1), (HOUR, 2)])
def test_key_is_asked_for_again_when_it_was_remembered_for_an_hour(
    look_up: FakeLookUp, age: timedelta, asked: int
) -> None:
    keys = _memory(look_up)
    for now in (NOON, NOON + age):
        assert keys.find(KNOWN, now=now) == _kept(KNOWN)
    assert len(look_up.asked) == asked


@pytest.mark.parametrize(("age", "asked"), [(5 * MINUTE - SECOND, 1), (5 * MINUTE, 2)])
def test_unknown_id_is_refused_unasked_when_it_was_asked_for_lately(
    look_up: FakeLookUp, age: timedelta, asked: int
) -> None:
    keys = _memory(look_up)
    for now in (NOON, NOON + age):
        with pytest.raises(SignatureRejected) as refused:
            keys.find(NEW, now=now)
        assert refused.value.reason == "unknown_key"
    assert len(look_up.asked) == asked


@pytest.mark.parametrize("key_id", ["x", "known", KNOWN[:-1], KNOWN + "0", KNOWN + "\n", "\0" * 36])
def test_nothing_is_asked_when_an_id_cannot_be_one(look_up: FakeLookUp, key_id: str) -> None:
    keys = _memory(look_up)
    for _ in range(500):
        with pytest.raises(SignatureRejected) as refused:
            keys.find(key_id, now=NOON)
        assert refused.value.reason == "impossible_key_id"
    assert look_up.asked == []
    assert keys.find(KNOWN, now=NOON) == _kept(KNOWN)


def test_new_key_is_found_when_plaid_has_rotated(look_up: FakeLookUp) -> None:
    keys = _memory(look_up)
    keys.find(KNOWN, now=NOON)
    look_up.known[NEW] = _key(NEW)
    assert keys.find(NEW, now=NOON + SECOND)["kid"] == NEW
    assert keys.find(KNOWN, now=NOON + SECOND) == _kept(KNOWN)


def test_nothing_is_remembered_when_the_key_service_was_in_trouble(look_up: FakeLookUp) -> None:
    keys = _memory(look_up)
    look_up.failure = SecretUnavailable("webhook key")
    with pytest.raises(SecretUnavailable):
        keys.find(KNOWN, now=NOON)
    look_up.failure = None
    assert keys.find(KNOWN, now=NOON) == _kept(KNOWN)


def test_nothing_is_remembered_when_the_key_was_garbled(look_up: FakeLookUp) -> None:
    keys = _memory(look_up)
    look_up.known[KNOWN] = {}
    for _ in range(3):
        with pytest.raises(SecretUnavailable):
            keys.find(KNOWN, now=NOON)
    look_up.known[KNOWN] = _key(KNOWN)
    assert keys.find(KNOWN, now=NOON) == _kept(KNOWN)
    assert look_up.asked == [KNOWN] * 4


@pytest.mark.parametrize(
    ("age", "is_used"), [(HOUR, True), (24 * HOUR - SECOND, True), (24 * HOUR, False)]
)
def test_known_key_is_used_for_a_day_at_most_when_it_cannot_be_asked_for(
    look_up: FakeLookUp, age: timedelta, is_used: bool
) -> None:
    keys = _memory(look_up)
    keys.find(KNOWN, now=NOON)
    look_up.failure = SecretUnavailable("webhook key")
    for now in (
        NOON + age,
        NOON + age + timedelta.resolution,
    ):  # the second, without asking once more
        if is_used:
            assert keys.find(KNOWN, now=now) == _kept(KNOWN)
        else:
            with pytest.raises(SecretUnavailable):
                keys.find(KNOWN, now=now)
    assert look_up.asked == [KNOWN] * 2


def test_known_key_is_used_no_more_when_plaid_knows_it_no_more(look_up: FakeLookUp) -> None:
    keys = _memory(look_up)
    keys.find(KNOWN, now=NOON)
    del look_up.known[KNOWN]
    for _ in range(2):
        with pytest.raises(SignatureRejected):
            keys.find(KNOWN, now=NOON + HOUR)


def test_known_key_is_asked_for_again_when_inventions_flood_in(look_up: FakeLookUp) -> None:
    keys = _memory(look_up, _store(served_at=NOON - 23 * HOUR), draw=0.999)
    for number in range(500):
        with pytest.raises((SignatureRejected, SecretUnavailable)):
            keys.find(_invented(number), now=NOON)
    look_up.known[KNOWN] = _key(KNOWN, expired_at=1)
    assert keys.find(KNOWN, now=NOON)["expired_at"] == 1


def test_memory_stays_small_when_inventions_go_on_for_hours(look_up: FakeLookUp) -> None:
    keys = _memory(look_up)
    for number in range(3_000):
        with pytest.raises(SignatureRejected):
            keys.find(_invented(number), now=NOON + number * 7 * SECOND)
    assert keys.find(KNOWN, now=NOON + 3_000 * 7 * SECOND) == _kept(KNOWN)


def _store(*, served_at: datetime, **changes: Any) -> FakeKeyStore:
    return FakeKeyStore({KNOWN: {"key": _kept(KNOWN) | changes, "served_at": to_text(served_at)}})


def test_key_outlives_its_process_when_a_delivery_has_verified_with_it(
    look_up: FakeLookUp,
) -> None:
    store = FakeKeyStore()
    first = _memory(look_up, store)
    first.find(KNOWN, now=NOON)
    assert store.kept == {}
    first.note_verified(KNOWN)
    first.note_verified(KNOWN)
    assert store.saves == 1
    second = _memory(look_up, store)
    assert second.find(KNOWN, now=NOON + HOUR - SECOND) == _kept(KNOWN)
    second.note_verified(KNOWN)
    assert (store.saves, look_up.asked) == (1, [KNOWN])
    assert second.find(KNOWN, now=NOON + HOUR) == _kept(KNOWN)
    second.note_verified(KNOWN)
    assert (store.saves, look_up.asked) == (2, [KNOWN] * 2)


def test_kept_key_is_used_a_day_at_most_when_plaid_cannot_be_asked(look_up: FakeLookUp) -> None:
    look_up.failure = SecretUnavailable("webhook key")
    keys = _memory(look_up, _store(served_at=NOON - 24 * HOUR + SECOND))
    assert keys.find(KNOWN, now=NOON) == _kept(KNOWN)
    with pytest.raises(SecretUnavailable):
        keys.find(KNOWN, now=NOON + 2 * SECOND)


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {KNOWN: {}},
        {KNOWN: {"key": _kept(KNOWN)}},
        {KNOWN: {"key": _kept(KNOWN), "served_at": 7}},
        {KNOWN: {"key": _kept(KNOWN), "served_at": "noon"}},
        {KNOWN: {"key": [], "served_at": to_text(NOON)}},
        {KNOWN: {"key": _kept(NEW), "served_at": to_text(NOON)}},
        {KNOWN: {"key": _kept(KNOWN) | {"y": OWN_KEY["x"]}, "served_at": to_text(NOON)}},
        {KNOWN: {"key": _kept(KNOWN), "served_at": to_text(NOON + HOUR)}},
    ],
)
def test_plaid_is_asked_when_what_was_kept_is_odd(look_up: FakeLookUp, kept: Any) -> None:
    keys = _memory(look_up, FakeKeyStore(kept))
    assert keys.find(KNOWN, now=NOON) == _kept(KNOWN)
    assert look_up.asked == [KNOWN]


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


def test_kept_keys_are_read_with_the_first_question_and_only_then(look_up: FakeLookUp) -> None:
    store = FakeKeyStore()
    memory = _memory(look_up, store)
    assert store.loads == 0
    for _ in range(2):
        memory.find(KNOWN, now=NOON)
    assert store.loads == 1
