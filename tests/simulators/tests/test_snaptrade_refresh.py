"""Refreshes at the SnapTrade simulator: what they move, tell and cost."""

import http.client
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.simulators.snaptrade.signature import webhook_signature
from tests.simulators.snaptrade.stage import Stage, running_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def test_refresh_is_billed_once_and_throttled_inside_the_interval(stage: Stage) -> None:
    first = stage.refresh()
    connection_id = stage.connection.connection_id
    assert first.document() == {"detail": f"Connection {connection_id} scheduled for refresh"}
    assert stage.refresh().outcome() == (429, "throttled")
    bill = stage.control.bill()
    assert (bill.count, bill.total) == (1, Decimal("0.05"))
    assert bill.entries[0]["connection_id"] == connection_id
    assert bill.entries[0]["request_id"] == first.headers["X-Request-ID"]
    stage.time += timedelta(seconds=300)
    assert stage.refresh().status == http.HTTPStatus.OK
    assert stage.control.bill().total == Decimal("0.10")


def test_refresh_moves_the_data_and_tells_once_per_account(stage: Stage) -> None:
    before = stage.positions()
    stage.time += timedelta(hours=1)
    stage.refresh()
    received = [stage.listener.next("ACCOUNT_HOLDINGS_UPDATED") for _ in range(2)]
    assert {item.document["accountId"] for item in received} == set(stage.connection.account_ids)
    key = stage.settings.consumer_key
    assert all(item.signature == webhook_signature(key, item.body) for item in received)
    after = stage.positions()
    assert before["data_freshness"]["as_of"] < after["data_freshness"]["as_of"]
    assert before["results"] != after["results"]
    assert len(stage.control.deliveries("ACCOUNT_HOLDINGS_UPDATED")) == len(received)
    accounts = f"/authorizations/{stage.connection.connection_id}/accounts"
    synced = stage.call("GET", accounts).document()[0]["sync_status"]
    assert synced["holdings"]["last_successful_sync"] == "2026-11-20T16:00:00.000000+00:00"
    assert synced["transactions"]["last_successful_sync"] == "2026-11-19"


def test_part_that_failed_keeps_its_date(stage: Stage) -> None:
    stage.control.turn(refresh_failed_parts=["positions"])
    before = stage.positions()
    stage.time += timedelta(hours=1)
    stage.refresh()
    details = stage.listener.next("ACCOUNT_HOLDINGS_UPDATED").document["details"]
    assert (details["positions"]["success"], details["balances"]["success"]) == (False, True)
    assert stage.positions() == before
    assert stage.control.state()["accounts"][0]["synced_at"] == "2026-11-20T15:00:00+00:00"


@pytest.mark.parametrize(
    ("outcome", "date_moves", "content_moves"),
    [("changed", True, True), ("unchanged", True, False), ("stalled", False, False)],
)
def test_refresh_ends_as_the_knob_says(
    stage: Stage, outcome: str, date_moves: bool, content_moves: bool
) -> None:
    stage.control.turn(refresh_outcome=outcome)
    before = stage.positions()
    stage.time += timedelta(hours=1)
    stage.refresh()
    stage.listener.next("ACCOUNT_HOLDINGS_UPDATED")
    after = stage.positions()
    assert (before["data_freshness"] != after["data_freshness"]) is date_moves
    assert (before["results"] != after["results"]) is content_moves


def test_new_connection_shows_nothing_before_its_first_sync(stage: Stage) -> None:
    stage.control.turn(initial_sync_delay_seconds=3600)
    connection = stage.control.add_connection("user-1")
    stage.listener.next("NEW_ACCOUNT_AVAILABLE")
    stage.account_id = connection.account_ids[0]
    assert stage.positions()["results"] == []
    accounts = f"/authorizations/{connection.connection_id}/accounts"
    status = stage.call("GET", accounts).document()[0]["sync_status"]
    assert status["holdings"] == {"initial_sync_completed": False, "last_successful_sync": None}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("disabled", (402, "3003")), ("realtime", (403, "1141")), ("shared", (404, "1011"))],
)
def test_refused_refresh_costs_nothing(stage: Stage, mode: str, expected: tuple[int, str]) -> None:
    connection = stage.control.add_connection("user-1", mode=mode)
    assert stage.refresh(connection.connection_id).outcome() == expected
    assert stage.control.bill().count == 0


def test_refresh_is_billed_when_the_answer_is_lost(stage: Stage) -> None:
    stage.control.add_fault("refresh", "accept_then_drop")
    with pytest.raises(http.client.RemoteDisconnected):
        stage.refresh()
    assert stage.control.bill().count == 1
    stage.listener.next("ACCOUNT_HOLDINGS_UPDATED")


def test_refresh_is_billed_when_the_client_does_not_wait(stage: Stage) -> None:
    stage.control.add_fault("refresh", "latency", seconds=30)
    path = f"/authorizations/{stage.connection.connection_id}/refresh"
    with pytest.raises(TimeoutError):
        stage.call("POST", path, timeout_seconds=0.2)
    assert stage.control.bill().count == 1


def test_transactions_sync_is_free_and_brings_yesterday(stage: Stage) -> None:
    path = f"/accounts/{stage.account_id}/activities"
    before = stage.call("GET", path, type="DIVIDEND").document()
    sync = f"/authorizations/{stage.connection.connection_id}/transactions/sync"
    assert stage.call("POST", sync).status == http.HTTPStatus.OK
    stage.listener.next("ACCOUNT_TRANSACTIONS_UPDATED")
    after = stage.call("GET", path, type="DIVIDEND").document()
    totals = before["pagination"]["total"], after["pagination"]["total"]
    assert totals == (0, 1)
    assert after["data"][0]["trade_date"] == "2026-11-19T00:00:00Z"
    assert stage.control.bill().count == 0
