"""Nothing forged passes, nothing genuine is lost, with Plaid's signatures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest

from freshet.adapters.plaid.verification import FURTHEST_AHEAD, OLDEST, PlaidVerifier
from freshet.domain.errors import MalformedWebhook, SecretUnavailable, SignatureRejected
from tests.integration.plaid_vector import (
    BODY,
    KEY_ID,
    NOW,
    OWN_KEY,
    PUBLISHED_KEY,
    PUBLISHED_TOKEN,
    claims_for,
    public_pem,
    raw_token,
    signed,
)

SECOND = timedelta(seconds=1)
HEADER = {"alg": "ES256", "kid": KEY_ID, "typ": "JWT"}


@dataclass
class FixedKeys:
    """One key, or the trouble of getting it."""

    key: Mapping[str, Any]
    failure: Exception | None = None
    asked: list[str] = field(default_factory=list)
    verified: list[str] = field(default_factory=list)

    def find(self, key_id: str, *, now: datetime) -> Mapping[str, Any]:
        self.asked.append(key_id)
        if self.failure is not None:
            raise self.failure
        return self.key

    def note_verified(self, key_id: str) -> None:
        self.verified.append(key_id)


def _verify(
    token: str | None,
    body: bytes = BODY,
    *,
    key: Mapping[str, Any] = OWN_KEY,
    now: datetime = NOW,
    name: str = "plaid-verification",
) -> bytes:
    headers = {} if token is None else {name: token}
    return PlaidVerifier(FixedKeys(key)).verify(body, headers, now).text.encode()


def _refused(token: str | None, body: bytes = BODY, **given: Any) -> str:
    with pytest.raises(SignatureRejected) as refused:
        _verify(token, body, **given)
    return refused.value.reason


def test_published_webhook_is_let_in_byte_for_byte_when_it_comes() -> None:
    assert _verify(PUBLISHED_TOKEN, key=PUBLISHED_KEY) == BODY


def test_own_signature_is_let_in_when_everything_is_right() -> None:
    assert _verify(signed(claims_for())) == BODY


@pytest.mark.parametrize("token", [None, ""])
def test_delivery_is_refused_unread_when_it_is_not_signed(token: str | None) -> None:
    assert _refused(token, b"not json") == "no_signature"


def test_delivery_is_refused_when_its_token_comes_under_another_name() -> None:
    assert _refused(signed(claims_for()), name="verification") == "no_signature"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "ES384", "RS256", "", None, 7])
def test_delivery_is_refused_when_the_algorithm_is_another(algorithm: Any) -> None:
    header = HEADER | {"alg": algorithm}
    assert _refused(raw_token(header, claims_for())) in {"wrong_algorithm", "not_a_token"}


@pytest.mark.parametrize("secret", [public_pem(), json.dumps(OWN_KEY).encode(), b"x"])
def test_delivery_is_refused_when_the_public_key_was_used_as_a_secret(secret: bytes) -> None:
    hmac_header = HEADER | {"alg": "HS256"}
    assert _refused(raw_token(hmac_header, claims_for(), secret)) == "wrong_algorithm"
    assert _refused(raw_token(HEADER, claims_for(), secret)) == "bad_signature"


def test_delivery_is_refused_when_its_signature_was_left_out() -> None:
    assert _refused(raw_token(HEADER, claims_for())) == "bad_signature"


@pytest.mark.parametrize(
    "token",
    [
        signed(claims_for()).rpartition(".")[0],
        "a.b.c",
        "...",
        "x",
        " ",
        "é.é.é",
        signed(claims_for()) + ".more",
    ],
)
def test_delivery_is_refused_when_its_token_is_none(token: str) -> None:
    assert _refused(token) in {"not_a_token", "bad_signature"}


@pytest.mark.parametrize("key_id", ["", None, 7, ["a"]])
def test_delivery_is_refused_when_it_names_no_key(key_id: Any) -> None:
    header = {"alg": "ES256", "kid": key_id}
    assert _refused(raw_token(header, claims_for())) in {"no_key_id", "not_a_token"}


def test_delivery_is_refused_when_another_key_signed_it() -> None:
    assert _refused(signed(claims_for()), key=PUBLISHED_KEY) == "bad_signature"
    assert _refused(PUBLISHED_TOKEN, key=OWN_KEY) == "bad_signature"


@pytest.mark.parametrize("place", range(0, 85, 5))
def test_delivery_is_refused_when_a_character_of_the_signature_changed(place: int) -> None:
    start, _, signature = signed(claims_for()).rpartition(".")
    other = "A" if signature[place] != "A" else "B"
    changed = signature[:place] + other + signature[place + 1 :]
    assert _refused(f"{start}.{changed}") == "bad_signature"


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"kty": "oct", "k": "c2VjcmV0"},
        OWN_KEY | {"x": ""},
        OWN_KEY | {"crv": "P-384"},
        OWN_KEY | {"y": "not base64!"},
    ],
)
def test_trouble_is_ours_when_its_key_is_no_key_of_that_kind(key: dict[str, Any]) -> None:
    with pytest.raises(SecretUnavailable):
        _verify(signed(claims_for()), key=key)


@pytest.mark.parametrize(
    ("seconds", "is_let_in"), [(-1, False), (0, False), (1, True), (None, True)]
)
def test_key_counts_until_it_expires_when_it_does(seconds: int | None, is_let_in: bool) -> None:
    expired_at = None if seconds is None else int(NOW.timestamp()) + seconds
    key = OWN_KEY | {"expired_at": expired_at}
    if is_let_in:
        assert _verify(signed(claims_for()), key=key) == BODY
    else:
        assert _refused(signed(claims_for()), key=key) == "expired_key"


@pytest.mark.parametrize(
    "age", [timedelta(0), OLDEST - SECOND, OLDEST, -FURTHEST_AHEAD + SECOND, -FURTHEST_AHEAD]
)
def test_delivery_is_let_in_when_its_time_is_within_bounds(age: timedelta) -> None:
    claims = claims_for(iat=int(NOW.timestamp()))
    assert _verify(signed(claims), now=NOW + age) == BODY


@pytest.mark.parametrize(
    ("age", "reason"),
    [(OLDEST + SECOND, "too_old"), (-FURTHEST_AHEAD - SECOND, "from_the_future")],
)
def test_delivery_is_refused_when_its_time_is_out_of_bounds(age: timedelta, reason: str) -> None:
    claims = claims_for(iat=int(NOW.timestamp()))
    assert _refused(signed(claims), now=NOW + age) == reason


def test_bounds_are_a_day_and_a_minute_when_asked() -> None:
    assert (timedelta(hours=24), timedelta(seconds=60)) == (OLDEST, FURTHEST_AHEAD)


@pytest.mark.parametrize("issued_at", [None, "yesterday", [], {}, 1e300, -1e300, 10**30])
def test_delivery_is_refused_when_its_time_makes_no_sense(issued_at: Any) -> None:
    assert _refused(signed(claims_for(iat=issued_at))) in {"bad_signature", "bad_issue_time"}


@pytest.mark.parametrize("place", [0, 1, 50, len(BODY) - 1])
def test_delivery_is_refused_when_one_byte_of_the_body_changed(place: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= 1
    assert _refused(signed(claims_for()), bytes(changed)) == "body_changed"


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(json.loads(BODY), indent=4, sort_keys=True).encode(),
        json.dumps(json.loads(BODY), separators=(",", ":")).encode(),
        BODY + b"\n",
        b"\xef\xbb\xbf" + BODY,
        b"",
    ],
)
def test_delivery_is_refused_when_its_body_was_only_written_anew(body: bytes) -> None:
    assert _refused(signed(claims_for()), body) == "body_changed"


@pytest.mark.parametrize("hashed", [None, "", 7, [], claims_for()["request_body_sha256"].upper()])
def test_delivery_is_refused_when_its_hash_is_not_the_bodys_in_lower_case(hashed: Any) -> None:
    token = signed(claims_for(request_body_sha256=hashed))
    assert _refused(token) in {"body_changed", "bad_signature"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"a":"\xff"}',
        '{"a":1}'.encode("utf-16"),
        b'{"a"',
        b"[]",
        b'"text"',
        b"null",
        b"\xff",
        b"[" * 30_000,
    ],
)
def test_signed_delivery_is_malformed_when_it_is_no_object(body: bytes) -> None:
    with pytest.raises(MalformedWebhook):
        _verify(signed(claims_for(body)), body)


@pytest.mark.parametrize(
    "failure", [SecretUnavailable("webhook key"), SignatureRejected("unknown_key")]
)
def test_trouble_with_the_key_is_told_apart_from_a_forgery(failure: Exception) -> None:
    keys = FixedKeys(OWN_KEY, failure)
    with pytest.raises(type(failure)):
        PlaidVerifier(keys).verify(BODY, {"plaid-verification": signed(claims_for())}, NOW)
    assert keys.asked == [KEY_ID]


def test_nobody_is_asked_for_a_key_when_the_token_cannot_be_plaids() -> None:
    keys = FixedKeys(OWN_KEY)
    for token in ("", "x.y", raw_token(HEADER | {"alg": "none"}, claims_for())):
        with pytest.raises(SignatureRejected):
            PlaidVerifier(keys).verify(BODY, {"plaid-verification": token}, NOW)
    assert keys.asked == []


def test_signer_of_these_tests_signs_as_the_library_verifies() -> None:
    key = jwt.PyJWK(OWN_KEY, algorithm="ES256")
    options: Any = {"verify_iat": False}
    claims = jwt.decode(signed(claims_for()), key, algorithms=["ES256"], options=options)
    assert claims == claims_for()


@pytest.mark.parametrize(
    ("ours", "theirs", "is_let_in"),
    [
        ("production", "production", True),
        ("production", None, True),
        (None, "sandbox", True),
        ("production", "sandbox", False),
        ("sandbox", "production", False),
    ],
)
def test_delivery_is_let_in_when_it_is_of_our_environment(
    ours: str | None, theirs: str | None, is_let_in: bool
) -> None:
    body = json.dumps({"environment": theirs} if theirs else {}).encode()
    headers = {"plaid-verification": signed(claims_for(body))}
    verifier = PlaidVerifier(FixedKeys(OWN_KEY), ours)
    if is_let_in:
        assert verifier.verify(body, headers, NOW).text == body.decode()
        return
    with pytest.raises(SignatureRejected) as refused:
        verifier.verify(body, headers, NOW)
    assert refused.value.reason == "other_environment"


def test_time_of_the_signature_is_told_when_a_delivery_is_let_in() -> None:
    issued_at = NOW - timedelta(hours=3)
    headers = {"plaid-verification": signed(claims_for(iat=int(issued_at.timestamp())))}
    assert PlaidVerifier(FixedKeys(OWN_KEY)).verify(BODY, headers, NOW).signed_at == issued_at


@pytest.mark.parametrize("expired_at", ["soon", {}, [], float("nan"), 1e30])
def test_trouble_is_ours_when_a_keys_end_makes_no_sense(expired_at: Any) -> None:
    key = {**OWN_KEY, "expired_at": expired_at}
    with pytest.raises(SecretUnavailable):
        _verify(signed(claims_for()), key=key)


@pytest.mark.parametrize(
    "claim", [{"exp": 1}, {"nbf": 4102444800}, {"aud": "us"}, {"sub": 7}, {"jti": 7}, {"iss": "x"}]
)
def test_claims_that_plaid_does_not_know_decide_nothing(claim: dict[str, Any]) -> None:
    assert _verify(signed(claims_for(**claim))) == BODY


def test_hash_that_is_no_text_is_refused_without_a_crash() -> None:
    assert _refused(signed(claims_for(request_body_sha256="\ud800"))) == "body_changed"
