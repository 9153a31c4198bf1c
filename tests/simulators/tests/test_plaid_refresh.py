"""Refreshes of the Plaid simulator: outcome, bill, limits and faults."""

import http.client
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest

from tests.patience import standstill_seconds
from tests.simulators.plaid.stage import Stage, running_stage

REFRESH = "investments_refresh"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def last_success(stage: Stage) -> str:
    return str(stage.read("/item/get")["status"]["investments"]["last_successful_update"])


def test_refresh_moves_the_data_and_is_billed(stage: Stage) -> None:
    before = stage.holdings()
    stage.pass_time(hours=1)
    answer = stage.refresh()
    assert set(answer.document()) == {"request_id"}
    counts = stage.listener.next("HOLDINGS", "DEFAULT_UPDATE").document
    after = stage.holdings()
    changed = [line for line in after if line not in before]
    assert (counts["new_holdings"], counts["updated_holdings"]) == (0, len(changed))
    assert changed
    assert last_success(stage) == "2026-11-20T16:00:00Z"
    bill = stage.control.bill()
    assert (bill.count, bill.total) == (1, Decimal("0.12"))
    assert bill.entries[0]["request_id"] == answer.document()["request_id"]
    assert bill.entries[0]["item_id"] == stage.item.item_id


@pytest.mark.parametrize(("outcome", "is_moved"), [("unchanged", True), ("stalled", False)])
def test_refresh_without_news_is_billed_and_silent(
    stage: Stage, outcome: str, is_moved: bool
) -> None:
    stage.control.turn(refresh_outcome=outcome)
    before = stage.holdings()
    stage.pass_time(hours=1)
    assert stage.refresh().status == 200
    assert stage.holdings() == before
    assert (last_success(stage) == "2026-11-20T16:00:00Z") is is_moved
    assert stage.control.bill().count == 1
    assert stage.control.deliveries() == []


def test_failed_refresh_is_free_and_dated(stage: Stage) -> None:
    stage.control.turn(refresh_outcome="INSTITUTION_NOT_RESPONDING")
    stage.pass_time(hours=1)
    assert stage.refresh().outcome() == (400, "INSTITUTION_NOT_RESPONDING")
    status = stage.read("/item/get")["status"]["investments"]
    assert status == {
        "last_successful_update": "2026-11-20T15:00:00Z",
        "last_failed_update": "2026-11-20T16:00:00Z",
    }
    assert stage.control.bill().count == 0


@pytest.mark.parametrize(
    ("institution", "expected"),
    [
        ("ins_down", (400, "INSTITUTION_DOWN")),
        ("ins_manual", (400, "PRODUCTS_NOT_SUPPORTED")),
        ("ins_acme", (200, None)),
    ],
)
def test_institution_decides(
    stage: Stage, institution: str, expected: tuple[int, str | None]
) -> None:
    item = stage.control.add_item(institution=institution)
    assert stage.refresh(item).outcome() == expected
    assert len(stage.holdings(item)) == 4
    assert stage.control.bill().count == (expected[0] == 200)


def test_refresh_needs_the_entitlement_and_the_product(stage: Stage) -> None:
    item = stage.control.add_item(products=["identity"])
    assert stage.refresh(item).outcome() == (400, "PRODUCT_NOT_ENABLED")
    stage.control.turn(refresh_entitled=False)
    assert stage.refresh().outcome() == (400, "INVALID_PRODUCT")


def test_item_can_be_refreshed_once_a_minute(stage: Stage) -> None:
    other = stage.control.add_item()
    outcomes = [stage.refresh().outcome() for _ in range(2)]
    assert outcomes == [(200, None), (429, "RATE_LIMIT")]
    assert stage.refresh(other).status == 200
    stage.pass_time(seconds=60)
    assert stage.refresh().status == 200
    requests = stage.control.requests()
    assert (requests["throttled"], requests["refusals"][REFRESH]) == (1, {"RATE_LIMIT": 1})


def test_client_can_refresh_so_many_items_a_minute(stage: Stage) -> None:
    stage.control.turn(refresh_client_limit=2, refresh_limit_code="INVESTMENTS_REFRESH_LIMIT")
    items = [stage.control.add_item() for _ in range(3)]
    outcomes = [stage.refresh(item).outcome()[0] for item in items]
    assert outcomes == [200, 200, 429]
    stage.pass_time(seconds=60)
    # The refused one did not use up its own minute.
    assert stage.refresh(items[2]).status == 200


@pytest.mark.parametrize(("counts", "second"), [(True, 429), (False, 200)])
def test_failure_uses_up_the_minute_when_the_knob_says_so(
    stage: Stage, counts: bool, second: int
) -> None:
    stage.control.turn(refresh_failures_count=counts, refresh_outcome="INSTITUTION_DOWN")
    assert stage.refresh().status == 400
    stage.control.turn(refresh_outcome="unchanged")
    assert stage.refresh().status == second


def test_reads_have_limits_of_their_own(stage: Stage) -> None:
    answers = [stage.call("/item/get").outcome() for _ in range(41)]
    assert answers[39:] == [(200, None), (429, "ITEM_GET_LIMIT")]
    assert stage.call("/accounts/get").status == 200


@pytest.mark.parametrize("institution", ["ins_acme", "ins_slow"])
def test_slow_refresh_is_billed_though_the_client_left(stage: Stage, institution: str) -> None:
    item = stage.control.add_item(institution=institution)
    stage.control.turn(refresh_latency_seconds=0.3, slow_institution_seconds=0.3)
    token = item.access_token
    with pytest.raises(TimeoutError):
        stage.client.call("/investments/refresh", access_token=token, timeout_seconds=0.05)
    assert stage.call("/item/get").status == 200
    world = stage.simulator.world
    assert world.wait_until(lambda: len(world.bill) == 1)
    stage.listener.next("HOLDINGS", "DEFAULT_UPDATE")


def test_webhook_may_come_before_the_answer(stage: Stage) -> None:
    stage.control.turn(refresh_answer_delay_seconds=30)

    def refresh() -> None:
        # The simulator stops before its answer is due.
        with suppress(OSError, http.client.HTTPException, ValueError):
            stage.refresh(timeout_seconds=60)

    late = Thread(target=refresh, daemon=True)
    late.start()
    stage.listener.next("HOLDINGS", "DEFAULT_UPDATE")
    assert late.is_alive()


def test_data_may_come_after_the_answer(stage: Stage) -> None:
    stage.control.turn(refresh_data_delay_seconds=3600)
    before = stage.holdings()
    assert stage.refresh().status == 200
    assert stage.holdings() == before


def test_item_removed_during_a_refresh_ends_it(stage: Stage) -> None:
    stage.control.turn(refresh_latency_seconds=30)
    outcomes: list[tuple[int, str | None]] = []
    slow = Thread(target=lambda: outcomes.append(stage.refresh(timeout_seconds=60).outcome()))
    slow.start()
    world = stage.simulator.world
    assert world.wait_until(lambda: (REFRESH, stage.item.item_id) in world.limits)
    stage.call("/item/remove")
    stage.simulator.end_pauses()
    slow.join(standstill_seconds())
    assert outcomes == [(400, "ITEM_CONCURRENTLY_DELETED")]


@pytest.mark.parametrize(
    ("kind", "details", "status", "text"),
    [
        ("status", {"code": "ITEM_LOCKED"}, 400, '"error_type": "ITEM_ERROR"'),
        ("status", {"code": "INSTITUTION_RATE_LIMIT"}, 429, "RATE_LIMIT_EXCEEDED"),
        ("status", {"status": 500}, 500, "INTERNAL_SERVER_ERROR"),
        ("status", {}, 503, "PLANNED_MAINTENANCE"),
        ("status", {"code": "BRAND_NEW", "fields": {"error_type": "NEW"}}, 400, '"NEW"'),
        ("html", {}, 502, "<html>"),
        ("empty", {}, 200, ""),
        ("wrong_shape", {}, 200, '["unexpected"]'),
    ],
)
def test_fault_hits_its_operation_and_item_as_often_as_asked(
    stage: Stage, kind: str, details: dict[str, Any], status: int, text: str
) -> None:
    other = stage.control.add_item()
    item_id = stage.item.item_id
    stage.control.add_fault("accounts_get", kind, times=2, item_id=item_id, **details)
    assert stage.call("/accounts/get", other).status == 200
    for _ in range(2):
        answer = stage.call("/accounts/get")
        assert answer.status == status
        assert text in answer.text
    assert len(stage.read("/accounts/get")["accounts"]) == 2


def test_refresh_is_billed_when_only_the_answer_is_lost(stage: Stage) -> None:
    for kind, error in (
        ("drop", http.client.RemoteDisconnected),
        ("accept_then_drop", http.client.RemoteDisconnected),
        ("truncated", http.client.IncompleteRead),
    ):
        stage.control.add_fault(REFRESH, kind)
        with pytest.raises(error):
            stage.refresh()
        stage.pass_time(seconds=60)
    assert stage.control.bill().count == 2
    stage.control.add_fault(REFRESH, "drop")
    stage.control.clear_faults()
    assert stage.refresh().status == 200
