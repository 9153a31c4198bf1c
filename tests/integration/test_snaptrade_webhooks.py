"""SnapTrade's webhooks: let in, in time, and reduced to an event."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest

from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.signature import sign_webhook
from freshet.adapters.snaptrade.webhooks import (
    FURTHEST_AHEAD,
    OLDEST,
    SnapTradeVerifier,
    to_event,
)
from freshet.domain.credential import Secret
from freshet.domain.errors import MalformedWebhook, SecretUnavailable, SignatureRejected
from freshet.domain.webhooks import WebhookEffect
from tests.builders import NOON, a_delivery

KEY = "invented-consumer-key"
SECOND = timedelta(seconds=1)


class FixedKeys:
    """Our keys, newest first, or the trouble of getting them; a rotation may come to light."""

    def __init__(
        self, failure: Exception | None = None, *, known: Sequence[str] = (KEY,), rotated: str = ""
    ) -> None:
        self._failure = failure
        self._known = list(known)
        self._rotated = rotated

    def accepted(self, *, now: datetime) -> Sequence[SnapTradeKeys]:
        if self._failure is not None:
            raise self._failure
        return [SnapTradeKeys("TESTCLIENT", Secret(key)) for key in self._known]

    def read_again(self) -> bool:
        if not self._rotated:
            return False
        self._known, self._rotated = [self._rotated, *self._known], ""
        return True


def _document(**changes: Any) -> dict[str, Any]:
    values = {
        "webhookId": "event-1",
        "eventType": "ACCOUNT_HOLDINGS_UPDATED",
        "eventTimestamp": NOON.isoformat(),
        "userId": "provider-user",
        "accountId": "account-1",
        "brokerageAuthorizationId": "authorization-1",
        "webhookSecret": "deprecated-secret",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def _verify(document: Any, now: Any = NOON, signature: str | None = None) -> None:
    headers = {"signature": sign_webhook(KEY, document) if signature is None else signature}
    SnapTradeVerifier(FixedKeys()).verify(json.dumps(document).encode(), headers, now)


def _event(**changes: Any) -> Any:
    return to_event(a_delivery(text=json.dumps(_document(**changes))))


@pytest.mark.parametrize(
    "age", [timedelta(0), OLDEST - SECOND, OLDEST, -FURTHEST_AHEAD + SECOND, -FURTHEST_AHEAD]
)
def test_delivery_is_let_in_when_its_time_is_within_bounds(age: timedelta) -> None:
    _verify(_document(eventTimestamp=(NOON - age).isoformat()))


@pytest.mark.parametrize(
    ("age", "reason"),
    [(OLDEST + SECOND, "too_old"), (-FURTHEST_AHEAD - SECOND, "from_the_future")],
)
def test_delivery_is_refused_when_its_time_is_out_of_bounds(age: timedelta, reason: str) -> None:
    with pytest.raises(SignatureRejected) as refused:
        _verify(_document(eventTimestamp=(NOON - age).isoformat()))
    assert refused.value.reason == reason


def test_deprecated_secret_is_dropped_and_all_else_kept_when_a_body_is_let_in() -> None:
    document = _document(details={"positions": {"success": True}})
    headers = {"signature": sign_webhook(KEY, document)}
    body = json.dumps(document, indent=2).encode()
    proven = SnapTradeVerifier(FixedKeys()).verify(body, headers, NOON)
    kept, signed_at = proven.text, proven.signed_at
    assert "deprecated-secret" not in kept
    del document["webhookSecret"]
    assert json.loads(kept) == document
    assert signed_at.isoformat() == document["eventTimestamp"].replace("Z", "+00:00")


@pytest.mark.parametrize("headers", [{}, {"signature": ""}])
def test_delivery_is_refused_unread_when_it_is_not_signed(headers: dict[str, str]) -> None:
    verifier = SnapTradeVerifier(FixedKeys(SecretUnavailable("never asked for")))
    with pytest.raises(SignatureRejected) as refused:
        verifier.verify(b"{}", headers, NOON)
    assert refused.value.reason == "no_signature"


def test_trouble_is_ours_and_no_refusal_when_the_keys_cannot_be_had() -> None:
    verifier = SnapTradeVerifier(FixedKeys(SecretUnavailable("keys")))
    with pytest.raises(SecretUnavailable):
        verifier.verify(b"{}", {"signature": "s"}, NOON)


def test_deprecated_secret_opens_nothing_when_used_as_a_signature() -> None:
    with pytest.raises(SignatureRejected):
        _verify(_document(), signature="deprecated-secret")


@pytest.mark.parametrize("document", [[], "text", 7, None, [{"eventType": "X"}]])
def test_signed_delivery_is_malformed_when_it_is_no_object(document: Any) -> None:
    with pytest.raises(MalformedWebhook):
        _verify(document)


@pytest.mark.parametrize("text", [None, "", "yesterday", "0001-01-01T00:00:00+14:00", 7, {}])
def test_signed_delivery_is_malformed_when_its_time_cannot_be_read(text: Any) -> None:
    with pytest.raises(MalformedWebhook):
        _verify(_document(eventTimestamp=text))


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("ACCOUNT_HOLDINGS_UPDATED", WebhookEffect.ACCOUNT_READ),
        ("TRADE_DETECTION", WebhookEffect.ACCOUNT_READ),
        ("TRADE_UPDATE", WebhookEffect.ACCOUNT_READ),
        ("CONNECTION_ADDED", WebhookEffect.CONNECTION_READ),
        ("CONNECTION_BROKEN", WebhookEffect.CONNECTION_READ),
        ("CONNECTION_FIXED", WebhookEffect.CONNECTION_READ),
        ("CONNECTION_UPDATED", WebhookEffect.CONNECTION_READ),
        ("CONNECTION_DELETED", WebhookEffect.CONNECTION_READ),
        ("NEW_ACCOUNT_AVAILABLE", WebhookEffect.CONNECTION_READ),
        ("ACCOUNT_REMOVED", WebhookEffect.CONNECTION_READ),
        ("USER_REGISTERED", WebhookEffect.NOTHING),
        ("ACCOUNT_TRANSACTIONS_UPDATED", WebhookEffect.TRANSACTIONS_READ),
        ("ACCOUNT_TRANSACTIONS_INITIAL_UPDATE", WebhookEffect.HISTORY_READ),
        ("SOMETHING_NEW", WebhookEffect.NOTHING),
    ],
)
def test_kind_is_kept_and_calls_for_its_read_when_known(kind: str, effect: WebhookEffect) -> None:
    event = _event(eventType=kind)
    assert (event.kind, event.rule.effect) == (kind, effect)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ({"webhookId": "right", "webookId": "other"}, "right"),
        ({"webhookId": None, "webookId": "other"}, "other"),
        ({"webhookId": "", "webookId": "other"}, "other"),
    ],
)
def test_event_is_named_by_the_rightly_spelt_id_when_there_are_two(
    ids: dict[str, Any], expected: str
) -> None:
    assert _event(**ids).id == expected


def test_events_are_told_apart_by_their_bodies_when_they_have_no_id() -> None:
    one, two = _event(webhookId=None), _event(webhookId=None, accountId="account-2")
    assert one.id.startswith("sha256-")
    assert one.id != two.id
    assert one.id == _event(webhookId=None).id


def test_connection_is_found_under_either_name_when_told() -> None:
    old = _event()
    new = _event(brokerageAuthorizationId=None, connectionId="authorization-1", schemaVersion="x")
    assert old.provider_connection_id == new.provider_connection_id == "authorization-1"
    assert _event(brokerageAuthorizationId=None).provider_connection_id is None


def test_failed_parts_are_kept_without_their_text_when_an_update_failed_in_part() -> None:
    details = {
        "positions": {"success": False, "error": "free text about a person"},
        "balances": {"success": True, "error": None},
        "odd": "text",
    }
    event = _event(details=details)
    assert event.details == {"positions": "failed"}
    assert _event(details="odd").details == {}


def test_event_holds_no_secret_when_the_body_did() -> None:
    assert "deprecated-secret" not in repr(_event())


@pytest.mark.parametrize(
    ("keys", "is_let_in"),
    [
        (FixedKeys(known=("new", KEY)), True),
        (FixedKeys(known=("new",)), False),
        (FixedKeys(known=("old",), rotated=KEY), True),
        (FixedKeys(known=("old",), rotated="other"), False),
    ],
)
def test_delivery_is_let_in_when_any_accepted_key_signed_it(
    keys: FixedKeys, is_let_in: bool
) -> None:
    document = _document()
    headers = {"signature": sign_webhook(KEY, document)}
    expectation: Any = nullcontext() if is_let_in else pytest.raises(SignatureRejected)
    with expectation:
        SnapTradeVerifier(keys).verify(json.dumps(document).encode(), headers, NOON)
