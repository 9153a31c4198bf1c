"""Webhooks of the Plaid simulator: signatures, keys, forgeries and events."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.simulators.plaid.signature import (
    WebhookRefused,
    body_digest,
    derived_private_key,
    verify_webhook,
    webhook_body,
    webhook_jwt,
)
from tests.simulators.plaid.stage import Stage, running_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


VECTOR_NOW = 1767229210
VECTOR_BODY = webhook_body(
    {
        "environment": "sandbox",
        "error": None,
        "item_id": "Zq7LmV2bXwTn4RkP9sYd",
        "new_holdings": 2,
        "updated_holdings": 5,
        "webhook_code": "DEFAULT_UPDATE",
        "webhook_type": "HOLDINGS",
    }
)
VECTOR_KEY: dict[str, Any] = {
    "alg": "ES256",
    "created_at": 1767225600,
    "crv": "P-256",
    "expired_at": None,
    "kid": "0f3a6c1e-9d52-4b7a-8c11-5e2d90b7a4f6",
    "kty": "EC",
    "use": "sig",
    "x": "KGUPwIhMW61hstDfYGxLOgYCK1gEZ_QfJF4huNvmuvs",
    "y": "F5LlKw4E8suKjD3p82p80DWSYHaYFQG3ayX2VddQtBs",
}
VECTOR_JWT = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6IjBmM2E2YzFlLTlkNTItNGI3YS04YzExLTVlMmQ5MGI3YTRmNiIsInR5cCI6"
    "IkpXVCJ9.eyJpYXQiOjE3NjcyMjkyMDAsInJlcXVlc3RfYm9keV9zaGEyNTYiOiJkN2ZjYmU4YWQ3Mzc4NTE1YWI"
    "0MjUyZDVmMWQ3NWVkMTA0ZmRhMDJhN2IyMWVhMTY0YTBlNWE1MjU5NzkwYmZjIn0.cuYDIIFNdU_PPr91GtUGibi"
    "pqXACs5iLGIzWNHz2Wa5AedtNosTSpSd-1otwfT34G67KG2mmj-4FgL2NSsnuvA"
)


def check(body: bytes = VECTOR_BODY, now: int = VECTOR_NOW, **change: Any) -> None:
    key = VECTOR_KEY | change
    verify_webhook(VECTOR_JWT, body, key_of={key["kid"]: key}.get, now=now)


def test_observed_body_has_the_digest_that_was_signed() -> None:
    document = {
        "error": None,
        "item_id": "xVDbz8kaZRf69Nd18x81I3y83kZaxEF688545",
        "new_transactions": 0,
        "webhook_code": "DEFAULT_UPDATE",
        "webhook_type": "TRANSACTIONS",
    }
    expected = "c43741964e9b173d7bc1e840a21ce1ad26cfa27c1a379bba8cb5f5715aade40a"
    assert body_digest(webhook_body(document)) == expected


def test_vector_verifies_and_each_change_breaks_it() -> None:
    assert len(VECTOR_BODY) == 196
    check()
    check(now=VECTOR_NOW - 10 + 299)
    other = derived_private_key("other")
    foreign = webhook_jwt(other, kid=VECTOR_KEY["kid"], body=VECTOR_BODY, iat=VECTOR_NOW)
    attempts: list[Callable[[], None]] = [
        lambda: check(now=VECTOR_NOW - 10 + 301),
        lambda: check(now=VECTOR_NOW - 10 - 61),
        lambda: check(body=VECTOR_BODY.replace(b"5", b"6")),
        lambda: check(body=json.dumps(json.loads(VECTOR_BODY), indent=4, sort_keys=True).encode()),
        lambda: check(expired_at=VECTOR_NOW),
        lambda: check(kid="another"),
        lambda: verify_webhook(foreign, VECTOR_BODY, key_of=lambda kid: VECTOR_KEY, now=VECTOR_NOW),
    ]
    for attempt in attempts:
        with pytest.raises(WebhookRefused):
            attempt()


def test_webhook_is_signed_over_its_bytes_by_the_served_key(stage: Stage) -> None:
    stage.refresh()
    received = stage.listener.next("HOLDINGS", "DEFAULT_UPDATE")
    stage.verify(received)
    rendered = json.dumps(received.document, indent=2, sort_keys=True).encode()
    assert received.body == rendered
    assert received.document["environment"] == "sandbox"
    sent = stage.read("/item/get")["status"]["last_webhook"]
    assert sent == {"sent_at": "2026-11-20T15:00:00Z", "code_sent": "DEFAULT_UPDATE"}


def test_rotated_key_is_served_as_expired(stage: Stage) -> None:
    (old,) = stage.control.state()["keys"]
    stage.pass_time(minutes=1)
    kid = stage.control.rotate_key()
    assert stage.key(old["kid"]) == old | {"expired_at": int(stage.time.timestamp())}
    stage.control.send_webhook(stage.item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    stage.verify(stage.listener.next("HOLDINGS", "DEFAULT_UPDATE"))
    assert stage.control.state()["keys"][-1]["kid"] == kid


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("429", (429, "RATE_LIMIT")),
        ("500", (500, "INTERNAL_SERVER_ERROR")),
        ("unknown", (400, "INVALID_WEBHOOK_VERIFICATION_KEY_ID")),
        ("key", (200, None)),
    ],
)
def test_key_endpoint_answers_as_the_knob_says(
    stage: Stage, outcome: str, expected: tuple[int, str | None]
) -> None:
    (key,) = stage.control.state()["keys"]
    stage.control.turn(key_outcome=outcome, key_latency_seconds=0.01)
    answer = stage.client.call("/webhook_verification_key/get", key_id=key["kid"])
    assert answer.outcome() == expected


def test_unknown_key_id_is_refused(stage: Stage) -> None:
    answer = stage.client.call("/webhook_verification_key/get", key_id="nobody's")
    assert answer.outcome() == (400, "INVALID_WEBHOOK_VERIFICATION_KEY_ID")


@pytest.mark.parametrize(
    "mischief",
    [
        *[
            {"forge": forgery}
            for forgery in (
                "other_key", "unknown_kid", "expired_key", "none", "hs256", "two_parts",
                "upper_digest", "garbage", "missing",
            )
        ],
        {"tamper": "byte"},
        {"tamper": "indent"},
        {"iat_offset_seconds": -301},
        {"iat_offset_seconds": 61},
    ],
)  # fmt: skip
def test_bad_webhook_is_one_that_a_receiver_refuses(stage: Stage, mischief: dict[str, Any]) -> None:
    stage.control.rotate_key()
    stage.control.send_webhook(stage.item.item_id, "ITEM", "LOGIN_REPAIRED", **mischief)
    with pytest.raises(WebhookRefused):
        stage.verify(stage.listener.next("ITEM", "LOGIN_REPAIRED"))


def test_broken_login_is_told_and_stops_data_but_not_the_item(stage: Stage) -> None:
    assert stage.read("/sandbox/item/reset_login")["reset_login"] is True
    told = stage.listener.next("ITEM", "ERROR").document["error"]
    assert (told["error_code"], told["status"]) == ("ITEM_LOGIN_REQUIRED", 400)
    assert "request_id" not in told
    paths = ("/investments/refresh", "/investments/holdings/get", "/accounts/get")
    assert {stage.call(path).outcome() for path in paths} == {(400, "ITEM_LOGIN_REQUIRED")}
    assert stage.read("/item/get")["item"]["error"] == told
    stage.control.turn(broken_items="serve_cached")
    assert len(stage.holdings()) == 4
    stage.control.repair_login(stage.item.item_id)
    stage.listener.next("ITEM", "LOGIN_REPAIRED")
    assert stage.read("/item/get")["item"]["error"] is None


def test_login_found_broken_by_a_refresh_is_told(stage: Stage) -> None:
    stage.control.turn(refresh_outcome="ITEM_LOGIN_REQUIRED")
    assert stage.refresh().outcome() == (400, "ITEM_LOGIN_REQUIRED")
    stage.listener.next("ITEM", "ERROR")


def test_revoked_item_has_another_type_in_its_webhook(stage: Stage) -> None:
    code = "USER_PERMISSION_REVOKED"
    stage.control.break_login(stage.item.item_id, code=code, reason="OAUTH_USER_REVOKED")
    told = stage.listener.next("ITEM", code).document["error"]
    assert told["error_type"] == "ITEM_ERROR"
    assert stage.read("/accounts/get")["error_type"] == "INVALID_INPUT"
    assert stage.read("/accounts/get")["error_code_reason"] == "OAUTH_USER_REVOKED"


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("PENDING_DISCONNECT", "disconnect_time"),
        ("PENDING_EXPIRATION", "consent_expiration_time"),
        ("NEW_ACCOUNTS_AVAILABLE", "error"),
        ("USER_ACCOUNT_REVOKED", "account_id"),
    ],
)
def test_item_events_have_their_fields(stage: Stage, code: str, field: str) -> None:
    stage.control.send_webhook(stage.item.item_id, "ITEM", code)
    assert field in stage.listener.next("ITEM", code).document


@pytest.mark.parametrize(
    ("webhook_type", "code", "expected"),
    [
        ("HOLDINGS", "DEFAULT_UPDATE", (200, None)),
        ("INVESTMENTS_TRANSACTIONS", "DEFAULT_UPDATE", (200, None)),
        ("ITEM", "PENDING_DISCONNECT", (200, None)),
        ("TRANSACTIONS", "DEFAULT_UPDATE", (400, "SANDBOX_PRODUCT_NOT_ENABLED")),
        ("ITEM", "ERROR", (400, "SANDBOX_PRODUCT_NOT_ENABLED")),
        ("INVESTMENTS_TRANSACTIONS", "HISTORICAL_UPDATE", (400, "INVALID_FIELD")),
    ],
)
def test_sandbox_fires_what_it_can(
    stage: Stage, webhook_type: str, code: str, expected: tuple[int, str | None]
) -> None:
    body: dict[str, Any] = {"webhook_type": webhook_type, "webhook_code": code}
    assert stage.call("/sandbox/item/fire_webhook", **body).outcome() == expected
    if expected[0] == 200:
        stage.listener.next(webhook_type, code)


@pytest.mark.parametrize(
    ("wanted", "is_read", "is_told"),
    [("subscribed", False, False), ("subscribed", True, True), ("always", False, True),
     ("never", True, False)],
)  # fmt: skip
def test_transactions_webhook_needs_a_subscription(
    stage: Stage, wanted: str, is_read: bool, is_told: bool
) -> None:
    stage.control.turn(transactions_webhook=wanted)
    if is_read:
        period: dict[str, Any] = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
        stage.call("/investments/transactions/get", **period)
    stage.refresh()
    stage.listener.next("HOLDINGS", "DEFAULT_UPDATE")
    assert bool(stage.control.deliveries("INVESTMENTS_TRANSACTIONS")) is is_told
