"""What a test may do to the SnapTrade simulator's webhooks on their way, and account churn."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.simulators.snaptrade import ControlRefused
from tests.simulators.snaptrade.signature import webhook_signature
from tests.simulators.snaptrade.stage import Stage, running_stage

EVENT = "CONNECTION_UPDATED"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def send(stage: Stage, event_type: str = EVENT) -> str:
    return stage.control.send_webhook(stage.connection.connection_id, event_type)


def test_webhook_never_comes_when_it_is_lost(stage: Stage) -> None:
    stage.control.lose_webhooks(times=1, event_type=EVENT)
    fixed, lost, second = send(stage, "CONNECTION_FIXED"), send(stage), send(stage)
    assert stage.wait_for_delivery(lost, "lost")["attempts"] == []
    stage.wait_for_delivery(fixed, "delivered")
    stage.wait_for_delivery(second, "delivered")
    assert stage.listener.next(EVENT).document["webhookId"] == second


def test_any_webhook_is_lost_when_no_type_is_named(stage: Stage) -> None:
    stage.control.lose_webhooks(times=2)
    lost = [send(stage), send(stage, "CONNECTION_FIXED")]
    for webhook_id in lost:
        stage.wait_for_delivery(webhook_id, "lost")
    stage.wait_for_delivery(send(stage), "delivered")


@pytest.mark.parametrize(("order", "expected"), [("sent", "abc"), ("reversed", "cba")])
def test_held_webhooks_come_in_the_wanted_order_when_released(
    stage: Stage, order: str, expected: str
) -> None:
    stage.control.hold_webhooks()
    for name in "abc":
        webhook_id = stage.control.send_webhook(stage.connection.connection_id, EVENT, name=name)
        assert stage.delivery(webhook_id)["status"] == "held"
    assert stage.control.release_webhooks(order=order) == len(expected)
    names = [stage.listener.next(EVENT).document["name"] for _ in expected]
    assert "".join(names) == expected
    stage.wait_for_delivery(send(stage), "delivered")


def test_held_webhooks_stay_when_the_order_is_unknown(stage: Stage) -> None:
    stage.control.hold_webhooks()
    webhook_id = send(stage)
    with pytest.raises(ControlRefused, match="order"):
        stage.control.release_webhooks(order="sideways")
    assert stage.control.release_webhooks(order="shuffled") == 1
    stage.wait_for_delivery(webhook_id, "delivered")


def test_webhook_comes_several_times_when_copies_are_wanted(stage: Stage) -> None:
    stage.control.turn(webhook_copies=3)
    webhook_id = send(stage)
    received = [stage.listener.next(EVENT) for _ in range(3)]
    assert {item.document["webhookId"] for item in received} == {webhook_id}
    assert len({item.body for item in received}) == 1


def test_webhook_waits_when_a_delay_is_wanted(stage: Stage) -> None:
    stage.control.turn(webhook_delay_seconds=3600)
    webhook_id = send(stage)
    stage.control.turn(webhook_delay_seconds=0)
    stage.wait_for_delivery(send(stage), "delivered")
    assert stage.delivery(webhook_id)["attempts"] == []


@pytest.mark.parametrize(("is_restamped", "stamps"), [(False, 1), (True, 2)])
def test_retry_is_stamped_anew_only_when_wanted(
    stage: Stage, is_restamped: bool, stamps: int
) -> None:
    ticks = itertools.count()
    stage.listener.next("USER_REGISTERED")
    stage.control.turn(webhook_restamps_retries=is_restamped)
    stage.simulator.world._clock = lambda: stage.time + timedelta(milliseconds=next(ticks))
    stage.listener.statuses.append(500)
    webhook_id = send(stage)
    stage.wait_for_delivery(webhook_id, "delivered")
    received = [stage.listener.next(EVENT) for _ in range(2)]
    assert len({item.document["eventTimestamp"] for item in received}) == stamps
    assert {item.document["webhookId"] for item in received} == {webhook_id}
    key = stage.settings.consumer_key
    assert all(item.signature == webhook_signature(key, item.body) for item in received)


def test_body_follows_the_other_schema_when_the_customer_is_an_oauth_app(stage: Stage) -> None:
    stage.control.turn(webhook_schema="oauth_v1")
    send(stage)
    document = stage.listener.next(EVENT).document
    assert document["schemaVersion"] == "oauth_v1"
    assert document["oauthClientId"] == stage.settings.client_id
    assert document["connectionId"] == stage.connection.connection_id
    retired = {"clientId", "webhookSecret", "brokerageAuthorizationId"}
    assert not retired & set(document)
    assert document["userId"] != "user-1"


@pytest.mark.parametrize("event_type", ["TRADE_DETECTION", "TRADE_UPDATE"])
def test_trade_event_carries_its_orders(stage: Stage, event_type: str) -> None:
    stage.control.send_webhook(
        stage.connection.connection_id, event_type, account_id=stage.account_id
    )
    document = stage.listener.next(event_type).document
    assert document["webookId"] != document["webhookId"]
    (order,) = document["details"]["orders"]
    assert (order["execution_price"], order["legs"][0]["total_quantity"]) == ("88.05", "2")
    assert datetime.fromisoformat(order["time_executed"]) == stage.time


def test_account_is_announced_when_it_opens_and_when_it_closes(stage: Stage) -> None:
    connection_id = stage.connection.connection_id
    (opened,) = stage.control.open_account(connection_id, portfolio="trader")
    # Only one of the two is awaited: several threads deliver, in any order.
    assert stage.listener.next("NEW_ACCOUNT_AVAILABLE").document["accountId"] == opened
    (first_sync,) = stage.control.deliveries("ACCOUNT_TRANSACTIONS_INITIAL_UPDATE")
    assert first_sync["account_id"] == opened
    path = f"/authorizations/{connection_id}/accounts"
    ids = [item["id"] for item in stage.call("GET", path).document()]
    assert ids == [*stage.connection.account_ids, opened]
    stage.control.close_account(stage.account_id)
    removed = stage.listener.next("ACCOUNT_REMOVED").document
    assert removed["accountId"] == stage.account_id
    assert removed["brokerageAuthorizationId"] == connection_id
    assert [item["id"] for item in stage.call("GET", path).document()] == ids[1:]
    balances = f"/accounts/{stage.account_id}/balances"
    assert stage.call("GET", balances).outcome() == (404, "1011")
    stage.control.close_account(opened, announce=False)
    assert len(stage.control.deliveries("ACCOUNT_REMOVED")) == 1
