"""How the Plaid simulator delivers webhooks, and that it stands many callers at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate

import pytest

from tests.simulators.plaid.stage import Stage, running_stage
from tests.simulators.plaid.webhooks import RETRY_DELAYS_SECONDS


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def test_webhook_is_retried_signed_anew_until_exactly_200(stage: Stage) -> None:
    stage.listener.statuses.extend([500, 302, 204])
    webhook_id = stage.control.send_webhook(stage.item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    log = stage.wait_for_delivery(webhook_id, "delivered")
    assert [attempt["status"] for attempt in log["attempts"]] == [500, 302, 204, 200]
    received = [stage.listener.next("HOLDINGS", "DEFAULT_UPDATE") for _ in range(4)]
    assert len({item.body for item in received}) == 1
    assert len({item.signature for item in received}) == 4
    for item in received:
        stage.verify(item)


def test_webhook_is_given_up_after_a_day(stage: Stage) -> None:
    stage.listener.statuses.extend([503] * 9)
    webhook_id = stage.control.send_webhook(stage.item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    assert len(stage.wait_for_delivery(webhook_id, "exhausted")["attempts"]) == 7


def test_item_without_url_gets_nothing(stage: Stage) -> None:
    assert stage.read("/item/webhook/update", webhook=None)["item"]["webhook"] == ""
    webhook_id = stage.control.send_webhook(stage.item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    assert stage.wait_for_delivery(webhook_id, "undelivered")["attempts"] == []
    fired = stage.call("/sandbox/item/fire_webhook", webhook_code="LOGIN_REPAIRED")
    assert fired.outcome() == (400, "SANDBOX_WEBHOOK_INVALID")


def test_new_url_is_told_and_acknowledged(stage: Stage) -> None:
    url = f"{stage.listener.url}/elsewhere"
    stage.call("/item/webhook/update", webhook=url)
    told = stage.listener.next("ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED").document
    assert told["new_webhook_url"] == url


def test_webhook_can_be_thinned_extended_repeated_and_copied(stage: Stage) -> None:
    webhook_id = stage.control.send_webhook(
        stage.item.item_id, "ITEM", "SOMETHING_NEW", omit=["environment"], extra=1
    )
    first = stage.listener.next("ITEM", "SOMETHING_NEW")
    assert (first.document["extra"], "environment" in first.document) == (1, False)
    stage.control.redeliver(webhook_id, times=2)
    assert {stage.listener.next("ITEM", "SOMETHING_NEW").body for _ in range(2)} == {first.body}
    stage.control.turn(webhook_copies=2)
    stage.refresh()
    assert len({stage.listener.next("HOLDINGS", "DEFAULT_UPDATE").body for _ in range(2)}) == 1


def test_retries_come_at_the_documented_times() -> None:
    times = list(accumulate(RETRY_DELAYS_SECONDS))
    assert times == [30, 150, 630, 2550, 10230, 40950]


def test_replay_repeats_the_signature(stage: Stage) -> None:
    webhook_id = stage.control.send_webhook(stage.item.item_id, "ITEM", "LOGIN_REPAIRED")
    first = stage.listener.next("ITEM", "LOGIN_REPAIRED")
    stage.control.redeliver(webhook_id, replay=True)
    assert stage.listener.next("ITEM", "LOGIN_REPAIRED") == first
    stage.control.redeliver(webhook_id)
    assert stage.listener.next("ITEM", "LOGIN_REPAIRED").signature != first.signature


def test_receiver_that_refuses_nearly_all_gets_no_retries(stage: Stage) -> None:
    stage.control.turn(webhook_breaker_minimum=3)
    stage.listener.statuses.extend([500] * 9)
    webhook_id = stage.control.send_webhook(stage.item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    assert len(stage.wait_for_delivery(webhook_id, "exhausted")["attempts"]) == 3
    webhook_id = stage.control.send_webhook(stage.item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    assert len(stage.wait_for_delivery(webhook_id, "exhausted")["attempts"]) == 1
    stage.pass_time(days=2)
    webhook_id = stage.control.send_webhook(stage.item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    assert len(stage.wait_for_delivery(webhook_id, "exhausted")["attempts"]) == 3


def test_only_one_of_many_simultaneous_refreshes_is_billed(stage: Stage) -> None:
    with ThreadPoolExecutor(16) as pool:
        outcomes = sorted(pool.map(lambda _: stage.refresh().status, range(32)))
    assert outcomes == [200] + [429] * 31
    assert stage.control.bill().count == 1
    assert stage.control.requests()["operations"]["investments_refresh"] == {"200": 1, "429": 31}
