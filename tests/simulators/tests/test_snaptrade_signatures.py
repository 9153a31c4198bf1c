"""The signatures of the SnapTrade simulator: the provider's vectors, its clock."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.simulators.snaptrade.signature import request_signature, webhook_signature
from tests.simulators.snaptrade.stage import Stage, running_stage

VECTOR_KEY = "test-consumer-key"
VECTOR_QUERY = "clientId=TESTCLIENT&timestamp=1750000000"
REQUEST_VECTORS = [
    ("/snapTrade/listUsers", VECTOR_QUERY, "", "uuzSTtNM9brYrL9sPATJ6aQPE6CWKqq1q/aP3kzHCrE="),
    (
        "/snapTrade/registerUser",
        VECTOR_QUERY,
        '{"userId":"user-1"}',
        "Xw6xZ2nY3P4d6djJj//m6M77h9+5G8DdyRPsN+Ia15s=",
    ),
    (
        "/snapTrade/registerUser",
        VECTOR_QUERY,
        '{"userId": "user 1+é"}',
        "Q7TYcVn4MbBC5pU9XblDceIJtYi35q3HleUM/5fnX1I=",
    ),
    (
        "/authorizations/87b24961-b51e-4db8-9226-f198f6518a89/refresh",
        "userId=snaptrade-user-123&userSecret=adf2aa34-8219-40f7-a6b3-60156985cc61&" + VECTOR_QUERY,
        "{}",
        "krLqdxyUJ1/M2WPQ07a3NPw0q3U7ZtDJfIhCpU/huDQ=",
    ),
    (
        "/accounts/917c8734-8470-4a3e-a18f-57c3f2ee6631/activities",
        "startDate=2026-01-01&limit=5&type=BUY%2CSELL&userId=a%20b%40c&userSecret=x&"
        + VECTOR_QUERY,
        "",
        "kLUjW0A1cyT/PZpLTT8ZJ1VFj73Isr5PG20v7HcMIts=",
    ),
    (
        "/snapTrade/login",
        "userId=u1&userSecret=s1&" + VECTOR_QUERY,
        '{"reconnect":"8b5f262d-4bb9-365d-888a-202bd3b15fa1","immediateRedirect":true,'
        '"customRedirect":"https://app.example/cb?x=1"}',
        "NpT/qozKGu1LIuzjG0N2MkCRNThdHdwpJLAdccrKXuQ=",
    ),
    (
        "/snapTrade/deleteUser",
        "userId=u1&" + VECTOR_QUERY,
        "",
        "SGxzQfjxOowxAqQ/nBOUOpHiWfrs4MeE/jW3opyPS9E=",
    ),
]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


@pytest.mark.parametrize(("path", "query", "body", "expected"), REQUEST_VECTORS)
def test_request_signature_matches_the_official_client(
    path: str, query: str, body: str, expected: str
) -> None:
    assert request_signature(VECTOR_KEY, path=path, query=query, body=body.encode()) == expected


def test_webhook_signature_matches_the_golden_vector() -> None:
    done, failed = (
        {"success": True, "error": None},
        {"success": False, "error": "brokerage unavailable"},
    )
    document = {
        "webhookId": "11111111-2222-4333-8444-555555555555",
        "clientId": "TESTCLIENT",
        "eventTimestamp": "2026-11-20T15:00:00.123456+00:00",
        "userId": "user-1",
        "eventType": "ACCOUNT_HOLDINGS_UPDATED",
        "webhookSecret": "deprecated-secret",
        "accountId": "917c8734-8470-4a3e-a18f-57c3f2ee6631",
        "brokerageId": "ebf91a5b-0920-4266-9e36-f6cfe8c40946",
        "brokerageAuthorizationId": "87b24961-b51e-4db8-9226-f198f6518a89",
        "details": {"total_value": done, "positions": done, "balances": failed, "orders": done},
    }
    signature = webhook_signature(VECTOR_KEY, json.dumps(document, indent=1).encode())
    assert signature == "3F2j5+UeJCcjgOwX5mRgrvsMjN2QE+ROhFT2FwljWEI="


def test_changed_byte_is_refused_wherever_it_is(stage: Stage) -> None:
    timestamp = int(stage.time.timestamp())
    path, query = "/snapTrade/registerUser", f"clientId=SANDBOX-CLIENT&timestamp={timestamp}"
    body, key = b'{"userId": "user-2"}', stage.settings.consumer_key
    good = request_signature(key, path=path, query=query, body=body)

    def outcome(path: str, query: str, body: bytes, signature: str) -> tuple[int, str | None]:
        target = f"{path}?{query}"
        return stage.client.send("POST", target, signature=signature, content=body).outcome()

    refused = (401, "1076")
    assert outcome(path, query, body.replace(b"2", b"3"), good) == refused
    assert outcome(path, query + "&a=1", body, good) == refused
    assert outcome("/api/v1" + path, query, body, good) == refused
    assert outcome(path, query, body, good.replace(good[0], "?", 1)) == refused
    assert outcome(path, query, b'{"userId":"user-2"}', good) == (200, None)


@pytest.mark.parametrize(
    ("skew_seconds", "status"), [(299, 200), (-299, 200), (301, 401), (-301, 401)]
)
def test_timestamp_is_refused_when_too_far_away(
    stage: Stage, skew_seconds: int, status: int
) -> None:
    stage.client._clock = lambda: stage.time + timedelta(seconds=skew_seconds)
    assert stage.call("GET", "/authorizations").status == status
