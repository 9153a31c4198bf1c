"""The Plaid simulator admits and refuses requests as the contract says."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulators.plaid import ControlRefused
from tests.simulators.plaid.stage import Stage, running_stage

GET, REFRESH = "/item/get", "/investments/refresh"
HOLDINGS, TRANSACTIONS = "/investments/holdings/get", "/investments/transactions/get"
PERIOD: dict[str, Any] = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
LINK: dict[str, Any] = {
    "client_name": "Sample",
    "language": "en",
    "country_codes": ["US"],
    "user": {"client_user_id": "user-1"},
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def test_error_has_the_whole_envelope_and_a_fresh_request_id(stage: Stage) -> None:
    answers = [stage.call(REFRESH, access_token="x") for _ in range(2)]
    body = answers[0].document()
    assert (answers[0].status, body.pop("request_id")) != (200, None)
    assert body == {
        "display_message": None,
        "documentation_url": "https://plaid.com/docs/?ref=error#invalid-input-errors",
        "error_code": "INVALID_ACCESS_TOKEN",
        "error_message": "the access token is not valid in this environment",
        "error_type": "INVALID_INPUT",
        "suggested_action": None,
    }
    good = stage.call(GET)
    ids = {answer.document()["request_id"] for answer in [*answers, good]}
    assert {len(request_id) for request_id in ids} == {15}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"PLAID-SECRET": "wrong"}, "INVALID_API_KEYS"),
        ({"PLAID-CLIENT-ID": "wrong"}, "INVALID_API_KEYS"),
        ({"PLAID-CLIENT-ID": ""}, "INVALID_FIELD"),
        ({"PLAID-SECRET": None}, "MISSING_FIELDS"),
        ({"Content-Type": "text/plain"}, "INVALID_BODY"),
        ({"Plaid-Version": "2017-03-08"}, "INCOMPATIBLE_API_VERSION"),
        ({"Plaid-Version": "2020-09-14"}, "MISSING_FIELDS"),
    ],
)
def test_headers_are_checked_before_fields(
    stage: Stage, headers: dict[str, str | None], code: str
) -> None:
    assert stage.client.send(GET, headers=headers).outcome() == (400, code)


def test_credentials_may_come_in_the_body(stage: Stage) -> None:
    none: dict[str, str | None] = {"PLAID-CLIENT-ID": None, "PLAID-SECRET": None}
    token, settings = stage.item.access_token, stage.settings
    keys = f'"client_id": "{settings.client_id}", "secret": "{settings.secret}"'
    content = f'{{"access_token": "{token}", {keys}}}'.encode()
    assert stage.client.send(GET, content=content, headers=none).status == 200
    wrong = content.replace(settings.secret.encode(), b"wrong")
    assert stage.client.send(GET, content=wrong, headers=none).outcome()[1] == "INVALID_API_KEYS"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null"])
def test_body_that_is_no_object_is_refused(stage: Stage, content: bytes) -> None:
    assert stage.client.send(GET, content=content).outcome() == (400, "INVALID_BODY")


def test_unknown_path_and_other_methods_are_not_found(stage: Stage) -> None:
    assert stage.client.send("/nowhere").outcome() == (404, "NOT_FOUND")
    assert stage.client.send(GET, method="GET").outcome() == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "body", "code", "text"),
    [
        (REFRESH, {"options": {}}, "UNKNOWN_FIELDS", "options"),
        (HOLDINGS, {"options": {"count": 1}}, "UNKNOWN_FIELDS", "options.count"),
        (HOLDINGS, {"options": None}, "INVALID_FIELD", "options"),
        (HOLDINGS, {"options": {"account_ids": ["x"]}}, "INVALID_ACCOUNT_ID", "x"),
        (TRANSACTIONS, {"start_date": "2026-01-01"}, "MISSING_FIELDS", "end_date"),
        (TRANSACTIONS, PERIOD | {"start_date": "soon"}, "INVALID_FIELD", "start_date"),
        (TRANSACTIONS, PERIOD | {"options": {"count": 501}}, "INVALID_FIELD", "count"),
        (TRANSACTIONS, PERIOD | {"options": {"count": True}}, "INVALID_FIELD", "count"),
        (GET, {"access_token": None}, "MISSING_FIELDS", "access_token"),
        (GET, {"access_token": 7}, "INVALID_FIELD", "access_token"),
    ],
)
def test_fields_are_checked(
    stage: Stage, path: str, body: dict[str, Any], code: str, text: str
) -> None:
    answer = stage.call(path, **body)
    assert answer.outcome() == (400, code)
    assert text in answer.document()["error_message"]


def test_token_of_another_environment_is_invalid(stage: Stage) -> None:
    token = stage.item.access_token
    assert stage.call(GET, access_token=token).status == 200
    for other in (token.replace("sandbox", "production"), token[:-1] + "?", token.upper()):
        assert stage.call(GET, access_token=other).outcome() == (400, "INVALID_ACCESS_TOKEN")


def test_rotated_token_is_dead_at_once(stage: Stage) -> None:
    new_token = stage.read("/item/access_token/invalidate")["new_access_token"]
    assert stage.call(GET).outcome() == (400, "INVALID_ACCESS_TOKEN")
    item = stage.read(GET, access_token=new_token)["item"]
    assert item["item_id"] == stage.item.item_id


def test_removed_item_is_not_found_and_its_subscription_ends(stage: Stage) -> None:
    assert stage.call("/item/remove", reason_code="OTHER").status == 200
    assert stage.call(GET).outcome() == (400, "ITEM_NOT_FOUND")
    assert [s["is_active"] for s in stage.control.bill().subscriptions] == [False]


def test_new_link_ends_in_an_access_token_once(stage: Stage) -> None:
    created = stage.client.call("/link/token/create", products=["investments"], **LINK).document()
    assert created["expiration"] == "2026-11-20T19:00:00Z"
    public = stage.control.complete_link(created["link_token"])
    exchanged = stage.client.call("/item/public_token/exchange", public_token=public)
    token = exchanged.document()["access_token"]
    item = stage.read(GET, access_token=token)["item"]
    assert item["item_id"] == exchanged.document()["item_id"]
    again = stage.client.call("/item/public_token/exchange", public_token=public)
    assert again.outcome() == (400, "INVALID_PUBLIC_TOKEN")


def test_public_token_expires_after_half_an_hour(stage: Stage) -> None:
    body: dict[str, Any] = {"institution_id": "ins_109508", "initial_products": ["investments"]}
    public = stage.client.call("/sandbox/public_token/create", **body).document()["public_token"]
    stage.pass_time(minutes=31)
    exchanged = stage.client.call("/item/public_token/exchange", public_token=public)
    assert exchanged.outcome() == (400, "INVALID_PUBLIC_TOKEN")


def test_update_mode_repairs_without_a_webhook(stage: Stage) -> None:
    stage.control.break_login(stage.item.item_id)
    created = stage.read("/link/token/create", **LINK)
    assert stage.control.complete_link(created["link_token"]) is None
    assert stage.read(GET)["item"]["error"] is None
    assert stage.control.deliveries("ITEM", "LOGIN_REPAIRED") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "MISSING_FIELDS"),
        ({"products": ["investments", "investments_refresh"]}, "INVALID_PRODUCT"),
        ({"products": ["investments"], "user": {}}, "MISSING_FIELDS"),
        ({"products": ["investments"], "country_codes": []}, "INVALID_FIELD"),
        ({"products": ["investments"], "colour": "blue"}, "UNKNOWN_FIELDS"),
    ],
)
def test_link_token_is_refused_when_it_makes_no_sense(
    stage: Stage, change: dict[str, Any], code: str
) -> None:
    answer = stage.client.call("/link/token/create", **(LINK | change))
    assert answer.outcome() == (400, code)


def test_production_has_no_sandbox_endpoints() -> None:
    with running_stage("production") as stage:
        assert stage.item.access_token.startswith("access-production-")
        assert stage.call("/sandbox/item/reset_login").outcome() == (400, "SANDBOX_ONLY")


def test_control_refuses_what_it_does_not_know(stage: Stage) -> None:
    for attempt in (
        lambda: stage.control.turn(volume=11),
        lambda: stage.control.turn(refresh_outcome="magic"),
        lambda: stage.control.turn(refresh_latency_seconds=-1),
        lambda: stage.control.add_fault("item_get", "earthquake"),
        lambda: stage.control.add_item(portfolio="gold"),
        lambda: stage.control.add_item(institution="ins_nowhere"),
        lambda: stage.control.break_login("nobody"),
        lambda: stage.control.send_webhook(stage.item.item_id, "ITEM", "X", forge="badly"),
    ):
        with pytest.raises(ControlRefused):
            attempt()


def test_checks_come_in_the_order_of_the_contract(stage: Stage) -> None:
    item = stage.control.add_item(institution="ins_down")
    stage.control.turn(refresh_item_limit=0, refresh_entitled=False)
    stage.control.break_login(item.item_id)
    stranger = item.access_token[:-12] + "0" * 12
    good = f'"access_token": "{item.access_token}"'
    steps: list[tuple[str, str, dict[str, str | None], str]] = [
        ("/nowhere", "{", {"Content-Type": None}, "NOT_FOUND"),
        (REFRESH, "{", {"Content-Type": None}, "INVALID_HEADERS"),
        (REFRESH, "{", {"PLAID-SECRET": "wrong"}, "INVALID_BODY"),
        (REFRESH, '{"colour": 1}', {"PLAID-SECRET": "wrong"}, "INVALID_API_KEYS"),
        (REFRESH, '{"colour": 1}', {}, "UNKNOWN_FIELDS"),
        (REFRESH, "{}", {}, "MISSING_FIELDS"),
        (REFRESH, '{"access_token": 1}', {}, "INVALID_FIELD"),
        (REFRESH, '{"access_token": "x"}', {}, "INVALID_ACCESS_TOKEN"),
        (REFRESH, f'{{"access_token": "{stranger}"}}', {}, "INVALID_ACCESS_TOKEN"),
        (REFRESH, f"{{{good}}}", {}, "RATE_LIMIT"),
    ]
    for path, content, headers, code in steps:
        answer = stage.client.send(path, content=content.encode(), headers=headers)
        assert answer.outcome()[1] == code
    stage.control.turn(refresh_item_limit=9)
    assert stage.refresh(item).outcome()[1] == "INVALID_PRODUCT"
    stage.control.turn(refresh_entitled=True)
    assert stage.refresh(item).outcome()[1] == "ITEM_LOGIN_REQUIRED"
    stage.control.repair_login(item.item_id)
    assert stage.refresh(item).outcome()[1] == "INSTITUTION_DOWN"
