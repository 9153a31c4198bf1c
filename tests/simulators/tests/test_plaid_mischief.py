"""What can go wrong on purpose in the Plaid simulator: webhooks on their way, errors, latency."""

import http.client
from collections.abc import Iterator
from typing import Any

import pytest

from tests.patience import standstill_seconds
from tests.simulators.plaid import PlaidKnobs
from tests.simulators.plaid.later import Latency
from tests.simulators.plaid.stage import Stage, running_stage

ACCOUNTS, REFRESH = "/accounts/get", "/investments/refresh"
THIN = {"error_code", "error_message", "error_type", "status"}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def send(stage: Stage, code: str) -> str:
    return stage.control.send_webhook(stage.item.item_id, "ITEM", code)


def test_webhook_is_lost_when_asked_and_can_still_be_sent(stage: Stage) -> None:
    stage.control.lose_webhooks(webhook_code="LOST")
    sent, lost = send(stage, "SENT"), send(stage, "LOST")
    stage.wait_for_delivery(sent, "delivered")
    stage.listener.next("ITEM", "SENT")
    assert stage.wait_for_delivery(lost, "lost")["attempts"] == []
    stage.control.redeliver(lost)
    stage.wait_for_delivery(lost, "delivered")
    stage.verify(stage.listener.next("ITEM", "LOST"))


def test_next_webhook_of_any_kind_is_lost_when_no_code_is_named(stage: Stage) -> None:
    stage.control.lose_webhooks()
    lost, sent = send(stage, "ONE"), send(stage, "TWO")
    stage.wait_for_delivery(sent, "delivered")
    stage.wait_for_delivery(lost, "lost")


@pytest.mark.parametrize(("order", "codes"), [("sent", "ABC"), ("reversed", "CBA")])
def test_held_webhooks_go_out_in_the_order_asked_for(stage: Stage, order: str, codes: str) -> None:
    stage.control.hold_webhooks()
    ids = {send(stage, code): code for code in "ABC"}
    assert {entry["status"] for entry in stage.control.deliveries()} == {"held"}
    released = stage.control.release_webhooks(order=order)
    assert "".join(ids[webhook_id] for webhook_id in released) == codes
    received = [stage.listener.take().document for _ in codes]
    assert "".join(document["webhook_code"] for document in received) == codes
    stage.wait_for_delivery(send(stage, "D"), "delivered")


def test_shuffled_webhooks_all_arrive(stage: Stage) -> None:
    stage.control.hold_webhooks()
    ids = [send(stage, code) for code in "ABCDE"]
    assert sorted(stage.control.release_webhooks(order="shuffled")) == sorted(ids)
    received = [stage.listener.take().document for _ in ids]
    assert sorted(document["webhook_code"] for document in received) == list("ABCDE")


def test_error_in_a_webhook_can_be_thin(stage: Stage) -> None:
    stage.control.turn(webhook_error_style="thin", error_reason_style="null")
    stage.control.break_login(stage.item.item_id)
    assert set(stage.listener.next("ITEM", "ERROR").document["error"]) == THIN
    assert stage.read("/item/get")["item"]["error"]["error_code_reason"] is None


@pytest.mark.parametrize(("style", "is_there"), [("null", True), ("omitted", False)])
def test_reason_is_null_or_omitted_as_the_knob_says(
    stage: Stage, style: str, is_there: bool
) -> None:
    stage.control.turn(error_reason_style=style)
    assert ("error_code_reason" in stage.read(ACCOUNTS, access_token="x")) is is_there
    stage.control.break_login(stage.item.item_id)
    assert ("error_code_reason" in stage.listener.next("ITEM", "ERROR").document["error"]) is (
        is_there
    )


def test_user_is_named_in_webhooks_when_the_knob_says_so(stage: Stage) -> None:
    send(stage, "FIRST")
    assert "user_id" not in stage.listener.next("ITEM", "FIRST").document
    stage.control.turn(user_ids=True)
    send(stage, "SECOND")
    told = stage.listener.next("ITEM", "SECOND").document
    assert told["user_id"] == stage.control.item(stage.item.item_id)["user_id"]


def test_late_webhook_comes_after_one_sent_later(stage: Stage) -> None:
    late = stage.control.send_webhook(stage.item.item_id, "ITEM", "LATE", delay_seconds=0.3)
    send(stage, "SOON")
    codes = [stage.listener.take().document["webhook_code"] for _ in range(2)]
    assert codes == ["SOON", "LATE"]
    stage.wait_for_delivery(late, "delivered")


@pytest.mark.parametrize(
    ("error_type", "status"),
    [
        ("INVALID_REQUEST", 400),
        ("INVALID_INPUT", 400),
        ("INVALID_RESULT", 400),
        ("INSTITUTION_ERROR", 400),
        ("RATE_LIMIT_EXCEEDED", 429),
        ("API_ERROR", 400),
        ("ITEM_ERROR", 400),
        ("OAUTH_ERROR", 400),
        ("SANDBOX_ERROR", 400),
        ("TYPE_OF_TOMORROW", 400),
    ],
)
def test_unknown_code_has_the_type_asked_for(stage: Stage, error_type: str, status: int) -> None:
    fault: dict[str, Any] = {"code": "CODE_OF_TOMORROW", "error_type": error_type}
    stage.control.add_fault("accounts_get", "status", **fault)
    answer = stage.call(ACCOUNTS)
    assert answer.outcome() == (status, "CODE_OF_TOMORROW")
    assert answer.document()["error_type"] == error_type
    stage.control.break_login(stage.item.item_id, **fault)
    assert stage.listener.next("ITEM", "ERROR").document["error"]["error_type"] == error_type


def test_refresh_is_billed_when_the_client_gave_up_waiting(stage: Stage) -> None:
    stage.control.add_fault("investments_refresh", "accept_then_drop", seconds=30)
    with pytest.raises(TimeoutError):
        stage.refresh(timeout_seconds=0.2)
    assert stage.simulator.world.wait_until(lambda: len(stage.simulator.world.bill) == 1)


def test_answers_take_their_time_when_the_knob_says_so(stage: Stage) -> None:
    stage.control.turn(answer_latency_seconds=30)
    token = stage.item.access_token
    with pytest.raises(TimeoutError):
        stage.client.call(ACCOUNTS, access_token=token, timeout_seconds=0.1)


def test_latency_is_spread_as_documented() -> None:
    latency = Latency(seed=1)
    drawn = sorted(latency.draw(3, "spread") for _ in range(2000))
    assert drawn[1000] <= 3.2
    assert drawn[1850] <= 10.5
    assert 30 <= drawn[-1] <= 60
    assert latency.draw(3, "fixed") == 3


def test_item_removed_during_its_first_read_ends_it(stage: Stage) -> None:
    stage.control.turn(history_delay_seconds=30)
    item = stage.control.add_item(products=["identity"])
    connection = http.client.HTTPConnection(
        stage.simulator.url.removeprefix("http://"), timeout=standstill_seconds()
    )
    keys = {"PLAID-CLIENT-ID": stage.settings.client_id, "PLAID-SECRET": stage.settings.secret}
    body = f'{{"access_token": "{item.access_token}"}}'
    headers = {"Content-Type": "application/json", **keys}
    connection.request("POST", "/investments/holdings/get", body, headers)
    world = stage.simulator.world
    assert world.wait_until(lambda: world.items[item.item_id].history == "ready")
    stage.call("/item/remove", item)
    stage.simulator.end_pauses()
    assert b"ITEM_CONCURRENTLY_DELETED" in connection.getresponse().read()
    connection.close()


@pytest.mark.parametrize(
    ("headers", "code"),
    [({"Content-Type": None}, "INVALID_HEADERS"), ({"Content-Type": "text/xml"}, "INVALID_BODY"),
     ({"Content-Type": "Application/JSON; charset=utf-8"}, None)],
)  # fmt: skip
def test_content_type_is_checked(stage: Stage, headers: dict[str, Any], code: str | None) -> None:
    content = f'{{"access_token": "{stage.item.access_token}"}}'.encode()
    assert stage.client.send(ACCOUNTS, content=content, headers=headers).outcome()[1] == code


@pytest.mark.parametrize(
    "period",
    [
        {"start_date": "20260101", "end_date": "2026-12-31"},
        {"start_date": "2026-12-31", "end_date": "2026-01-01"},
    ],
)
def test_period_is_refused_when_it_is_none(stage: Stage, period: dict[str, str]) -> None:
    answer = stage.call("/investments/transactions/get", None, **period)
    assert answer.outcome() == (400, "INVALID_FIELD")


def test_account_ids_are_refused_when_they_are_no_texts(stage: Stage) -> None:
    for wrong in (7, None, ["x"]):
        answer = stage.call(ACCOUNTS, options={"account_ids": [wrong]})
        assert answer.outcome() == (400, "INVALID_FIELD")


def test_knobs_of_a_style_take_only_their_choices() -> None:
    for wrong in ({"webhook_error_style": "fat"}, {"history_at_link": "all"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            PlaidKnobs(**wrong)  # type: ignore[arg-type]


def test_fault_holds_for_its_time_only(stage: Stage) -> None:
    times = {"after_seconds": 60, "for_seconds": 60}
    stage.control.add_fault("accounts_get", "status", code="INSTITUTION_DOWN", times=0, **times)
    outcomes = []
    for _ in range(3):
        outcomes.append(stage.call(ACCOUNTS).outcome()[1])
        stage.pass_time(seconds=60)
    assert outcomes == [None, "INSTITUTION_DOWN", None]
