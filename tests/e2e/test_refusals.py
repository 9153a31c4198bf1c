"""What the deployed stack keeps out, and how it says so."""

import json

import pytest

from tests.local_stack.api_client import ApiClient
from tests.local_stack.deployed import Deployed
from tests.simulators.snaptrade.signature import webhook_signature

EVENT = {
    "eventType": "CONNECTION_BROKEN",
    "webhookId": "forged",
    "eventTimestamp": "2026-11-20T15:00:00+00:00",
}


def _deliver(
    running: Deployed, body: bytes, signature: str | None, provider: str = "snaptrade"
) -> int:
    headers = {"Content-Type": "application/json"}
    if signature is not None:
        headers["Signature"] = signature
    client = ApiClient(running.stack.api_url, token=None)
    return client.call("POST", f"/webhooks/{provider}", headers=headers, data=body).status


def _signed(running: Deployed, body: bytes) -> str:
    return webhook_signature(running.snaptrade_settings.consumer_key, body)


def test_nothing_unproven_is_queued(running: Deployed) -> None:
    inbox = len(running.rows("ConnectionsTableName", "INBOX"))
    body = json.dumps(EVENT).encode()
    genuine = _signed(running, body)
    assert _deliver(running, body, None) == 401
    assert _deliver(running, body, "AAAA") == 401
    assert _deliver(running, body + b" ", "A" + genuine[1:]) == 401
    assert _deliver(running, body.replace(b"forged", b"forgee"), genuine) == 401
    assert _deliver(running, body, genuine, provider="acme") == 404
    large = json.dumps(EVENT | {"padding": "x" * 70_000}).encode()
    assert _deliver(running, large, _signed(running, large)) == 413
    for malformed in (b"[]", b'{"eventType": "X"}'):
        assert _deliver(running, malformed, _signed(running, malformed)) == 400
    assert running.queued("WebhookQueueUrl") == 0
    assert len(running.rows("ConnectionsTableName", "INBOX")) == inbox


@pytest.mark.parametrize("token", [None, "nonsense", "a.b.c"])
def test_without_a_genuine_token_nobody_is_let_in(running: Deployed, token: str | None) -> None:
    assert ApiClient(running.stack.api_url, token).get("/v1/connections").status == 401


@pytest.mark.parametrize("claims", [{"audience": "another-app"}, {"expires_in_seconds": -60}])
def test_a_token_for_another_app_or_time_is_refused(
    running: Deployed, claims: dict[str, object]
) -> None:
    assert running.api("ida", **claims).get("/v1/connections").status == 401


def test_a_user_sees_only_what_is_theirs(running: Deployed) -> None:
    connection_id = running.link("jon", portfolio=["everyday"])
    assert running.api("jon").get(f"/v1/connections/{connection_id}").status == 200
    theirs = running.api("kim").get(f"/v1/connections/{connection_id}")
    nobodys = running.api("kim").get("/v1/connections/con_" + "a" * 24)
    assert theirs.status == nobodys.status == 404
    assert theirs.body == nobodys.body
