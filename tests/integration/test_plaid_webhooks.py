"""Plaid's webhooks as events: no id and no time of their own, and no state taken from them."""

import json
from typing import Any

import pytest

from freshet.adapters.plaid.webhooks import to_event
from freshet.domain.pending_reads import PendingRead, ReadSubject, pending_read_of
from freshet.domain.provider import Provider
from freshet.domain.webhooks import WebhookEffect, WebhookEvent
from tests.builders import NOON, a_delivery


def _event(
    kind: str = "HOLDINGS:DEFAULT_UPDATE", *, token: str = "token-1", **changes: Any
) -> WebhookEvent:
    webhook_type, code = kind.split(":")
    document = {
        "environment": "sandbox",
        "error": None,
        "item_id": "item-1",
        "webhook_code": code,
        "webhook_type": webhook_type,
    }
    delivery = a_delivery(
        provider=Provider.PLAID,
        headers={"plaid-verification": token},
        text=json.dumps(document | changes, indent=2, sort_keys=True),
    )
    return to_event(delivery)


PENDING_READS = {
    WebhookEffect.CONNECTION_READ: PendingRead(ReadSubject.CONNECTION),
    WebhookEffect.TRANSACTIONS_READ: PendingRead(ReadSubject.TRANSACTIONS),
    WebhookEffect.HISTORY_READ: PendingRead(ReadSubject.HISTORY),
}


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("HOLDINGS:DEFAULT_UPDATE", WebhookEffect.CONNECTION_READ),
        ("INVESTMENTS_TRANSACTIONS:DEFAULT_UPDATE", WebhookEffect.TRANSACTIONS_READ),
        ("INVESTMENTS_TRANSACTIONS:HISTORICAL_UPDATE", WebhookEffect.HISTORY_READ),
        ("ITEM:ERROR", WebhookEffect.CONNECTION_READ),
        ("ITEM:LOGIN_REPAIRED", WebhookEffect.CONNECTION_READ),
        ("ITEM:PENDING_EXPIRATION", WebhookEffect.CONNECTION_READ),
        ("ITEM:PENDING_DISCONNECT", WebhookEffect.CONNECTION_READ),
        ("ITEM:USER_PERMISSION_REVOKED", WebhookEffect.CONNECTION_READ),
        ("ITEM:USER_ACCOUNT_REVOKED", WebhookEffect.CONNECTION_READ),
        ("ITEM:NEW_ACCOUNTS_AVAILABLE", WebhookEffect.CONNECTION_READ),
        ("ITEM:WEBHOOK_UPDATE_ACKNOWLEDGED", WebhookEffect.NOTHING),
        ("TRANSACTIONS:DEFAULT_UPDATE", WebhookEffect.NOTHING),
        ("SOMETHING:NEW", WebhookEffect.NOTHING),
    ],
)
def test_kind_is_kept_and_calls_for_its_read_when_known(kind: str, effect: WebhookEffect) -> None:
    event = _event(kind)
    assert (event.kind, event.rule.effect) == (kind, effect)
    read = pending_read_of(event)
    if kind == "ITEM:USER_PERMISSION_REVOKED":
        assert read == PendingRead(ReadSubject.REMOVAL)
    else:
        assert read == PENDING_READS.get(effect)


def test_event_holds_ids_only_when_it_is_made() -> None:
    event = _event(new_holdings=2, user_id="usr_1", account_id="account-1")
    assert (event.provider, event.provider_connection_id) == (Provider.PLAID, "item-1")
    assert (event.provider_account_id, event.provider_user_id) == ("account-1", None)
    assert (event.occurred_at, event.received_at, event.details) == (NOON, NOON, {})


def test_same_delivery_is_one_event_and_another_token_another_when_bodies_are_equal() -> None:
    assert _event().id == _event().id
    assert _event(token="a.b.c").id != _event(token="a.d.c").id
    assert _event().id.startswith("sha256-")


@pytest.mark.parametrize("token", ["a.b.other", "a.b.c=="])
def test_same_delivery_is_one_event_when_its_signature_is_spelt_another_way(token: str) -> None:
    assert _event(token="a.b.c").id == _event(token=token).id


def test_token_stays_outside_when_it_names_the_event() -> None:
    assert "token-1" not in repr(_event())


@pytest.mark.parametrize("item_id", [None, "", 7, ["item-1"]])
def test_event_concerns_nobody_when_it_names_no_item(item_id: Any) -> None:
    event = _event(item_id=item_id)
    assert event.provider_connection_id is None
    assert pending_read_of(event) is None
