"""Webhooks: nothing forged comes in, nothing genuine is lost, repeats change nothing."""

import json
from typing import Any

import pytest

from tests.functional.world import World
from tests.simulators.snaptrade.signature import webhook_signature

EVENT = {
    "webhookId": "11111111-2222-4333-8444-000000000001",
    "eventTimestamp": "2026-11-20T15:00:00.000000+00:00",
    "eventType": "ACCOUNT_HOLDINGS_UPDATED",
    "userId": "somebody",
    "webhookSecret": "old-and-deprecated",
}


def _signed(world: World, document: Any) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(document).encode()
    key = world.simulator.settings.consumer_key
    return body, {"Signature": webhook_signature(key, body)}


def _refresh(world: World) -> tuple[str, Any]:
    connection_id, at_provider = world.link()
    world.work()
    world.call("POST", f"/v1/connections/{connection_id}/refresh")
    return connection_id, at_provider


def test_a_repeated_webhook_is_worked_once(world: World) -> None:
    _, at_provider = _refresh(world)
    received = world.webhooks("ACCOUNT_HOLDINGS_UPDATED", len(at_provider.account_ids))
    for _ in range(3):
        for delivery in received:
            assert world.deliver(delivery) == 200
    world.work()
    requests = world.simulator.control.requests()["operations"]["positions"]
    versions = [row for row in world.rows("USER#", "snapshots") if "VERSION" in row["SK"]["S"]]
    for delivery in received:
        assert world.deliver(delivery) == 200
    world.work()
    assert world.simulator.control.requests()["operations"]["positions"] == requests
    after = [row for row in world.rows("USER#", "snapshots") if "VERSION" in row["SK"]["S"]]
    assert after == versions
    assert len(world.rows("EVENT#")) == len(received)


def test_one_changed_byte_is_refused_and_nothing_is_queued(world: World) -> None:
    body, headers = _signed(world, EVENT)
    assert world.deliver_raw(body.replace(b"somebody", b"somebodx"), headers) == 401
    assert world.messages("webhook") == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Signature": ""}, 401), ({"Signature": "AAAA"}, 401), ({"Signature": "é☂"}, 401)],
)
def test_an_unproven_delivery_is_refused(
    world: World, headers: dict[str, str], status: int
) -> None:
    assert world.deliver_raw(json.dumps(EVENT).encode(), headers) == status
    assert world.messages("webhook") == []


@pytest.mark.parametrize(
    "document", [[], "text", {"eventType": "X"}, EVENT | {"eventTimestamp": 5}]
)
def test_a_signed_body_that_is_no_event_is_malformed(world: World, document: Any) -> None:
    assert world.deliver_raw(*_signed(world, document)) == 400
    assert world.messages("webhook") == []


def test_bytes_that_are_no_json_are_never_let_in(world: World) -> None:
    for body in (b"", b"\xff\xfe", b"{", b"[" * 60_000):
        assert world.deliver_raw(body, {"Signature": "AAAA"}) == 401
    assert world.messages("webhook") == []


def test_a_body_over_the_limit_is_refused(world: World) -> None:
    body, headers = _signed(world, EVENT | {"padding": "x" * 65_536})
    assert world.deliver_raw(body, headers) == 413
    assert world.messages("webhook") == []


def test_an_unknown_provider_does_not_exist(world: World) -> None:
    body, headers = _signed(world, EVENT)
    assert world.deliver_raw(body, headers, "acme") == 404
    assert world.messages("webhook") == []


def test_a_queue_that_fails_makes_the_provider_try_again(world: World) -> None:
    _refresh(world)
    world.sqs.delete_queue(QueueUrl=world.queues["webhook"])
    (received, *_) = world.webhooks("ACCOUNT_HOLDINGS_UPDATED", 1)
    assert world.deliver(received) == 503


def test_an_unknown_kind_of_event_is_kept_without_its_secret(world: World) -> None:
    _, at_provider = _refresh(world)
    world.simulator.control.send_webhook(at_provider.connection_id, "BRAND_NEW_KIND")
    (received,) = world.webhooks("BRAND_NEW_KIND", 1)
    assert world.deliver(received) == 200
    world.work()
    (row,) = [row for row in world.rows("EVENT#") if row["kind"]["S"] == "BRAND_NEW_KIND"]
    assert "webhookSecret" not in json.dumps(row)


def test_a_broken_connection_needs_its_user_until_it_is_fixed(world: World) -> None:
    connection_id, at_provider = world.link()
    world.work()
    control = world.simulator.control
    control.disable(at_provider.connection_id)
    (broken,) = world.webhooks("CONNECTION_BROKEN", 1)
    world.deliver(broken)
    world.work()
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status"] == "needs_user"
    accounts = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    assert {account["freshness"]["status"] for account in accounts} == {"blocked"}

    control.enable(at_provider.connection_id)
    (fixed,) = world.webhooks("CONNECTION_FIXED", 1)
    world.deliver(fixed)
    world.work()
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status"] == "active"
    control.redeliver(broken.document["webhookId"])
    (late,) = world.webhooks("CONNECTION_BROKEN", 1)
    world.deliver(late)
    world.work()
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status"] == "active"
