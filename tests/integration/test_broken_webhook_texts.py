"""A signed webhook with a broken text is worked or refused by name, never queued to fail."""

import json
from typing import Any

import pytest

from freshet.adapters.plaid.verification import PlaidVerifier
from freshet.adapters.plaid.webhooks import to_event as to_plaid_event
from freshet.adapters.snaptrade.signature import sign_webhook
from freshet.adapters.snaptrade.webhooks import SnapTradeVerifier
from freshet.adapters.snaptrade.webhooks import to_event as to_snaptrade_event
from freshet.domain.errors import MalformedWebhook
from freshet.domain.provider import Provider
from freshet.domain.webhooks import WebhookEvent
from tests.builders import NOON, a_delivery
from tests.clients import DynamoDB
from tests.integration.plaid_vector import NOW, OWN_KEY, claims_for, signed
from tests.integration.stores import dynamo_stores
from tests.integration.test_plaid_verification import FixedKeys as FixedPlaidKeys
from tests.integration.test_snaptrade_webhooks import KEY, FixedKeys

BROKEN = ["\ud83d", "a\ud83db", "\udcff", "\x00", "id\x00", "id\n", "x" * 256, "☂" * 100]
SNAPTRADE = {
    "webhookId": "event-1",
    "eventType": "ACCOUNT_HOLDINGS_UPDATED",
    "eventTimestamp": NOON.isoformat(),
    "userId": "provider-user",
    "accountId": "account-1",
    "brokerageAuthorizationId": "authorization-1",
}
PLAID = {"item_id": "item-1", "webhook_type": "HOLDINGS", "webhook_code": "DEFAULT_UPDATE"}


def _of_snaptrade(**changes: Any) -> WebhookEvent:
    document = SNAPTRADE | changes
    headers = {"signature": sign_webhook(KEY, document)}
    body = json.dumps(document).encode()
    proven = SnapTradeVerifier(FixedKeys()).verify(body, headers, NOON)
    return to_snaptrade_event(a_delivery(text=proven.text, received_at=NOON))


def _of_plaid(**changes: Any) -> WebhookEvent:
    body = json.dumps(PLAID | changes).encode()
    headers = {"plaid-verification": signed(claims_for(body))}
    proven = PlaidVerifier(FixedPlaidKeys(OWN_KEY)).verify(body, headers, NOW)
    return to_plaid_event(a_delivery(provider=Provider.PLAID, headers=headers, text=proven.text))


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize(
    "name",
    ["webhookId", "webookId", "brokerageAuthorizationId", "connectionId", "accountId", "userId"],
)
def test_snaptrades_delivery_is_refused_by_name_when_an_id_is_broken(name: str, text: str) -> None:
    with pytest.raises(MalformedWebhook) as refused:
        _of_snaptrade(**{name: text})
    assert refused.value.reason == "broken_text"


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("name", ["item_id", "account_id"])
def test_plaids_delivery_is_refused_by_name_when_an_id_is_broken(name: str, text: str) -> None:
    with pytest.raises(MalformedWebhook) as refused:
        _of_plaid(**{name: text})
    assert refused.value.reason == "broken_text"


@pytest.mark.parametrize("word", [*BROKEN, "x" * 60_000, ["\ud83d"], {"\x00": 1}, None, 7, True])
def test_event_is_stored_when_its_kind_is_broken(dynamodb: DynamoDB, word: Any) -> None:
    inbox = dynamo_stores(dynamodb).inbox
    failed = {"success": False}
    for event in (
        _of_snaptrade(eventType=word, details={str(word): failed, "orders": failed}),
        _of_plaid(webhook_type=word),
        _of_plaid(webhook_code=word),
    ):
        assert inbox.claim(event, owner=None, marked_at=NOON)
        assert inbox.find(event.provider, event.id)[0] == event


@pytest.mark.parametrize("value", [*BROKEN, 7, None, [], {}, "", "2026-13-45", "9999999999999"])
def test_event_is_stored_when_the_end_of_a_link_is_broken(dynamodb: DynamoDB, value: Any) -> None:
    event = _of_plaid(webhook_type="ITEM", webhook_code="PENDING_DISCONNECT", disconnect_time=value)
    assert event.link_ends_at is None
    assert dynamo_stores(dynamodb).inbox.claim(event, owner=None, marked_at=NOON)


def test_ids_are_kept_as_they_are_when_they_are_odd_and_sound() -> None:
    event = _of_snaptrade(userId="ä person's own #id / 7", accountId="☂" * 85)
    assert (event.provider_user_id, event.provider_account_id) == (
        "ä person's own #id / 7",
        "☂" * 85,
    )
