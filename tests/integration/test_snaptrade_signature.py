"""SnapTrade's signatures, against vectors made with the provider's own library."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.adapters.snaptrade.signature import sign_request, sign_webhook, verify_webhook
from freshet.domain.errors import MalformedWebhook, SignatureRejected

KEY = "test-consumer-key"
CLIENT = "clientId=TESTCLIENT&timestamp=1750000000"
CONNECTION = "87b24961-b51e-4db8-9226-f198f6518a89"
USER = "userId=snaptrade-user-123&userSecret=adf2aa34-8219-40f7-a6b3-60156985cc61"
LOGIN = {
    "immediateRedirect": True,
    "reconnect": "8b5f262d-4bb9-365d-888a-202bd3b15fa1",
    "customRedirect": "https://app.example/cb?x=1",
}
REQUESTS = [
    ("/snapTrade/listUsers", CLIENT, None, "uuzSTtNM9brYrL9sPATJ6aQPE6CWKqq1q/aP3kzHCrE="),
    (
        "/snapTrade/registerUser",
        CLIENT,
        {"userId": "user-1"},
        "Xw6xZ2nY3P4d6djJj//m6M77h9+5G8DdyRPsN+Ia15s=",
    ),
    (
        "/snapTrade/registerUser",
        CLIENT,
        {"userId": "user 1+é"},
        "Q7TYcVn4MbBC5pU9XblDceIJtYi35q3HleUM/5fnX1I=",
    ),
    (
        f"/authorizations/{CONNECTION}/refresh",
        f"{USER}&{CLIENT}",
        None,
        "krLqdxyUJ1/M2WPQ07a3NPw0q3U7ZtDJfIhCpU/huDQ=",
    ),
    (
        "/accounts/917c8734-8470-4a3e-a18f-57c3f2ee6631/activities",
        "startDate=2026-01-01&limit=5&type=BUY%2CSELL&userId=a%20b%40c&userSecret=x&" + CLIENT,
        None,
        "kLUjW0A1cyT/PZpLTT8ZJ1VFj73Isr5PG20v7HcMIts=",
    ),
    (
        "/snapTrade/login",
        f"userId=u1&userSecret=s1&{CLIENT}",
        LOGIN,
        "NpT/qozKGu1LIuzjG0N2MkCRNThdHdwpJLAdccrKXuQ=",
    ),
    (
        "/snapTrade/deleteUser",
        f"userId=u1&{CLIENT}",
        None,
        "SGxzQfjxOowxAqQ/nBOUOpHiWfrs4MeE/jW3opyPS9E=",
    ),
]
_OK: dict[str, Any] = {"error": None, "success": True}
EVENT: dict[str, Any] = {
    "accountId": "917c8734-8470-4a3e-a18f-57c3f2ee6631",
    "brokerageAuthorizationId": CONNECTION,
    "brokerageId": "ebf91a5b-0920-4266-9e36-f6cfe8c40946",
    "clientId": "TESTCLIENT",
    "details": {
        "balances": {"error": "brokerage unavailable", "success": False},
        "orders": _OK,
        "positions": _OK,
        "total_value": _OK,
    },
    "eventTimestamp": "2026-11-20T15:00:00.123456+00:00",
    "eventType": "ACCOUNT_HOLDINGS_UPDATED",
    "userId": "user-1",
    "webhookId": "11111111-2222-4333-8444-555555555555",
    "webhookSecret": "deprecated-secret",
}
SIGNATURE = "3F2j5+UeJCcjgOwX5mRgrvsMjN2QE+ROhFT2FwljWEI="
# As it might arrive: other order, blanks, escapes.
BODY = json.dumps(dict(reversed(EVENT.items())), indent=1).encode()


@pytest.mark.parametrize(("path", "query", "content", "signature"), REQUESTS)
def test_request_is_signed_as_the_providers_library_does_when_sent(
    path: str, query: str, content: Any, signature: str
) -> None:
    assert sign_request(KEY, path=path, query=query, content=content) == signature


def test_empty_body_is_signed_like_none_when_sent() -> None:
    path, query, _, signature = REQUESTS[0]
    assert sign_request(KEY, path=path, query=query, content={}) == signature


@pytest.mark.parametrize(
    ("key", "path", "query"),
    [("other-key", "/a", "b=1"), (KEY, "/A", "b=1"), (KEY, "/a", "b=2"), (KEY, "/a", "")],
)
def test_signature_is_another_when_any_part_differs(key: str, path: str, query: str) -> None:
    assert sign_request(key, path=path, query=query) != sign_request(KEY, path="/a", query="b=1")


def test_webhook_is_let_in_when_its_canonical_form_is_signed() -> None:
    assert sign_webhook(KEY, EVENT) == SIGNATURE
    assert verify_webhook(BODY, SIGNATURE, [KEY]) == EVENT


@pytest.mark.parametrize("keys", [[KEY, "previous"], ["newest", KEY], ["newest", "newer", KEY]])
def test_webhook_is_let_in_when_any_key_of_a_rotation_signed_it(keys: list[str]) -> None:
    assert verify_webhook(BODY, SIGNATURE, keys) == EVENT


@pytest.mark.parametrize("body", [BODY, b'{"b":1, "a":"\xc3\xa9"}'])
def test_webhook_is_let_in_when_its_raw_bytes_are_signed(body: bytes) -> None:
    raw = base64.b64encode(hmac.new(KEY.encode(), body, hashlib.sha256).digest()).decode()
    assert verify_webhook(body, raw, [KEY]) == json.loads(body)


def test_non_ascii_body_is_let_in_when_signed_escaped() -> None:
    document = {"eventType": "É", "note": "日本"}
    body = json.dumps(document, ensure_ascii=False).encode()
    assert verify_webhook(body, sign_webhook(KEY, document), [KEY]) == document


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_webhook_is_refused_when_one_byte_of_its_meaning_changed(place: int, change: int) -> None:
    mutated = bytearray(BODY)
    mutated[place] ^= change
    try:
        means_the_same = json.loads(bytes(mutated)) == EVENT
    except ValueError:
        means_the_same = False
    if not means_the_same:
        with pytest.raises(SignatureRejected):
            verify_webhook(bytes(mutated), SIGNATURE, [KEY])


@given(st.integers(0, len(SIGNATURE) - 1), st.characters())
def test_webhook_is_refused_when_one_character_of_its_signature_changed(
    place: int, character: str
) -> None:
    forged = SIGNATURE[:place] + character + SIGNATURE[place + 1 :]
    if forged != SIGNATURE:
        with pytest.raises(SignatureRejected):
            verify_webhook(BODY, forged, [KEY])


@pytest.mark.parametrize(
    "signature", ["", " ", "é", "\udcff", "日本", SIGNATURE + "=", SIGNATURE.lower(), "=" * 9999]
)
def test_webhook_is_refused_without_a_crash_when_its_signature_is_odd(signature: str) -> None:
    with pytest.raises(SignatureRejected):
        verify_webhook(BODY, signature, [KEY])


@pytest.mark.parametrize("keys", [[], ["other"], ["other", "another"]])
def test_webhook_is_refused_when_no_key_of_ours_signed_it(keys: list[str]) -> None:
    with pytest.raises(SignatureRejected):
        verify_webhook(BODY, SIGNATURE, keys)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 60_000, b'{"a":' * 10_000, b"9" * 5000],
    ids=["empty", "cut off", "no text", "deep list", "deep object", "huge number"],
)
def test_body_is_refused_without_a_crash_when_it_is_no_json(body: bytes) -> None:
    with pytest.raises(SignatureRejected):
        verify_webhook(body, SIGNATURE, [KEY])
    raw = base64.b64encode(hmac.new(KEY.encode(), body, hashlib.sha256).digest()).decode()
    with pytest.raises(MalformedWebhook):
        verify_webhook(body, raw, [KEY])
