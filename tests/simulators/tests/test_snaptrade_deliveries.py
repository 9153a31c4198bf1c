"""How the SnapTrade simulator delivers its webhooks: retries, forgeries and repeats."""

from collections.abc import Iterator

import pytest

from tests.simulators.snaptrade.stage import Stage, running_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def test_webhook_is_retried_with_the_same_body_until_accepted(stage: Stage) -> None:
    stage.listener.next("USER_REGISTERED")
    stage.listener.statuses.extend([500, 302, 203])
    webhook_id = stage.control.send_webhook(stage.connection.connection_id, "CONNECTION_UPDATED")
    log = stage.wait_for_delivery(webhook_id, "delivered")
    assert [attempt["status"] for attempt in log["attempts"]] == [500, 302, 203, 200]
    bodies = {stage.listener.next("CONNECTION_UPDATED").body for _ in log["attempts"]}
    assert len(bodies) == 1


def test_webhook_is_given_up_after_three_retries(stage: Stage) -> None:
    stage.listener.next("USER_REGISTERED")
    stage.listener.statuses.extend([500] * 9)
    webhook_id = stage.control.send_webhook(stage.connection.connection_id, "CONNECTION_UPDATED")
    log = stage.wait_for_delivery(webhook_id, "exhausted")
    assert [attempt["status"] for attempt in log["attempts"]] == [500] * 4


def test_webhook_without_listener_is_logged_as_undelivered(stage: Stage) -> None:
    stage.control.listen(None)
    webhook_id = stage.control.send_webhook(stage.connection.connection_id, "CONNECTION_UPDATED")
    assert stage.wait_for_delivery(webhook_id, "undelivered")["attempts"] == []


def test_webhook_can_be_forged_thinned_and_repeated(stage: Stage) -> None:
    event = "SOMETHING_NEW"
    webhook_id = stage.control.send_webhook(
        stage.connection.connection_id, event, omit=["userId"], signature="forged", extra=1
    )
    first = stage.listener.next(event)
    assert first.signature == "forged"
    assert "userId" not in first.document
    assert first.document["extra"] == 1
    stage.control.redeliver(webhook_id, times=2)
    assert {stage.listener.next(event).body for _ in range(2)} == {first.body}
