"""Link of the Plaid simulator: tokens for it, and what its user does there."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulators.plaid import ControlRefused
from tests.simulators.plaid.stage import Stage, running_stage

CREATE, EXCHANGE = "/link/token/create", "/item/public_token/exchange"
HOLDINGS, ITEM = "/investments/holdings/get", "/item/get"
LINK: dict[str, Any] = {
    "client_name": "Sample",
    "language": "en",
    "country_codes": ["US"],
    "user": {"client_user_id": "user-1"},
}
NEW = LINK | {"products": ["investments"]}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def link_token(stage: Stage, **change: Any) -> str:
    return str(stage.client.call(CREATE, **(NEW | change)).document()["link_token"])


def update_token(stage: Stage, **change: Any) -> str:
    return str(stage.read(CREATE, **(LINK | change))["link_token"])


def exchange(stage: Stage, public_token: str | None) -> Any:
    return stage.client.call(EXCHANGE, public_token=public_token).document()


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ({"client_name": None}, "MISSING_FIELDS", "client_name"),
        ({"client_name": " "}, "INVALID_FIELD", "client_name"),
        ({"language": "tlh"}, "INVALID_FIELD", "language"),
        ({"country_codes": ["XX"]}, "INVALID_FIELD", "country_codes"),
        ({"country_codes": [7]}, "INVALID_FIELD", "country_codes"),
        ({"products": ["investment"]}, "INVALID_FIELD", "investment"),
        ({"products": [], "optional_products": ["investments"]}, "MISSING_FIELDS", "products"),
        ({"webhook": "nowhere"}, "INVALID_FIELD", "webhook"),
        ({"webhook": "http://[nowhere"}, "INVALID_FIELD", "webhook"),
        ({"user": {"client_user_id": "u", "shoe_size": 42}}, "UNKNOWN_FIELDS", "user.shoe_size"),
        ({"investments": {"async_update": "yes"}}, "INVALID_FIELD", "investments.async_update"),
        ({"update": {"account_selection_enabled": True}}, "INVALID_FIELD", "update"),
    ],
)
def test_request_for_a_link_token_is_refused_when_a_field_makes_no_sense(
    stage: Stage, change: dict[str, Any], code: str, text: str
) -> None:
    answer = stage.client.call(CREATE, **(NEW | change))
    assert answer.outcome() == (400, code)
    assert text in answer.document()["error_message"]


@pytest.mark.parametrize(
    "change",
    [
        {"investments": {"allow_manual_entry": True, "async_update": False}},
        {"access_token": None},
        {"optional_products": None},
        {"user_id": "usr_1", "user": {}},
        {"account_filters": {"investment": {"account_subtypes": ["all"]}}},
    ],
)
def test_link_token_is_given_when_the_request_is_as_documented(
    stage: Stage, change: dict[str, Any]
) -> None:
    assert stage.client.call(CREATE, **(NEW | change)).status == 200


def test_hosted_link_and_user_are_answered_when_asked_for(stage: Stage) -> None:
    created = stage.client.call(CREATE, **NEW, hosted_link={}, user_id="usr_7").document()
    assert created["hosted_link_url"].endswith(created["link_token"])
    assert created["user_id"] == "usr_7"


def test_link_token_of_update_mode_expires_after_half_an_hour(stage: Stage) -> None:
    created = stage.read(CREATE, **LINK)
    assert created["expiration"] == "2026-11-20T15:30:00Z"
    stage.pass_time(minutes=31)
    with pytest.raises(ControlRefused, match="link token"):
        stage.control.complete_link(created["link_token"])


def test_link_token_of_a_new_item_lasts_four_hours(stage: Stage) -> None:
    token = link_token(stage)
    stage.pass_time(hours=4)
    assert stage.control.complete_link(token) is not None
    stage.pass_time(seconds=1)
    with pytest.raises(ControlRefused, match="link token"):
        stage.control.complete_link(token)


@pytest.mark.parametrize(("environment", "is_reusable"), [("sandbox", True), ("production", False)])
def test_link_token_works_twice_when_in_the_sandbox_only(
    environment: str, is_reusable: bool
) -> None:
    with running_stage(environment) as stage:
        token = link_token(stage)
        assert stage.control.complete_link(token) is not None
        if is_reusable:
            assert stage.control.complete_link(token) is not None
            return
        with pytest.raises(ControlRefused, match="link token"):
            stage.control.complete_link(token)


def test_nothing_comes_of_link_when_the_user_leaves(stage: Stage) -> None:
    token = link_token(stage)
    before = len(stage.control.state()["items"])
    assert stage.control.leave_link(token)["error"] is None
    left = stage.control.leave_link(token, code="INVALID_CREDENTIALS")
    assert left["error"]["error_type"] == "ITEM_ERROR"
    assert len(stage.control.state()["items"]) == before
    assert stage.control.complete_link(token) is not None


def test_item_stays_broken_when_the_user_leaves_update_mode(stage: Stage) -> None:
    stage.control.break_login(stage.item.item_id)
    left = stage.control.leave_link(update_token(stage))
    assert left["item_id"] == stage.item.item_id
    assert stage.read(ITEM)["item"]["error"]["error_code"] == "ITEM_LOGIN_REQUIRED"


def test_new_item_has_what_its_link_token_said(stage: Stage) -> None:
    token = link_token(
        stage,
        webhook=f"{stage.listener.url}/mine",
        optional_products=["identity"],
        additional_consented_products=["liabilities"],
    )
    exchanged = exchange(stage, stage.control.complete_link(token, portfolio="trader"))
    item = stage.read(ITEM, access_token=exchanged["access_token"])["item"]
    assert item["webhook"] == f"{stage.listener.url}/mine"
    assert item["products"] == ["investments", "identity"]
    assert item["consented_products"] == ["investments", "identity", "liabilities"]


def test_webhook_stays_when_update_mode_names_another(stage: Stage) -> None:
    token = update_token(stage, webhook="https://elsewhere.example/hook")
    assert stage.control.complete_link(token) is None
    assert stage.read(ITEM)["item"]["webhook"] == stage.listener.url


@pytest.mark.parametrize("is_selecting", [True, False])
def test_offered_account_is_shared_when_update_mode_selects_accounts(
    stage: Stage, is_selecting: bool
) -> None:
    stage.control.offer_accounts(stage.item.item_id, "crypto")
    told = stage.listener.next("ITEM", "NEW_ACCOUNTS_AVAILABLE").document
    fields = {"webhook_type", "webhook_code", "item_id", "environment", "error"}
    assert set(told) == fields
    token = update_token(stage, update={"account_selection_enabled": is_selecting})
    stage.control.complete_link(token)
    names = [account["name"] for account in stage.read("/accounts/get")["accounts"]]
    assert ("Coins" in names) is is_selecting
    assert stage.call(ITEM).status == 200


def test_account_is_not_shared_any_more_when_it_was_not_kept(stage: Stage) -> None:
    kept, dropped = stage.item.account_ids
    token = update_token(stage, update={"account_selection_enabled": True})
    with pytest.raises(ControlRefused, match="nobody"):
        stage.control.complete_link(token, keep=["nobody"])
    stage.control.complete_link(token, keep=[kept])
    assert [each["account_id"] for each in stage.read("/accounts/get")["accounts"]] == [kept]
    answer = stage.call(HOLDINGS, options={"account_ids": [dropped]})
    assert answer.outcome() == (400, "INVALID_ACCOUNT_ID")


@pytest.mark.parametrize(("knob", "status"), [("allow", 200), ("refuse", 400)])
def test_revoked_item_can_be_updated_when_the_knob_says_so(
    stage: Stage, knob: str, status: int
) -> None:
    stage.control.turn(revoked_update=knob)
    stage.control.break_login(stage.item.item_id, code="USER_PERMISSION_REVOKED")
    assert stage.call(CREATE, **LINK).status == status


def test_consent_is_needed_for_another_product_when_it_is_enforced(stage: Stage) -> None:
    stage.control.turn(consent_enforced=True)
    item = stage.control.add_item(products=["identity"])
    assert stage.call(HOLDINGS, item).outcome() == (400, "ADDITIONAL_CONSENT_REQUIRED")
    assert stage.call(HOLDINGS).status == 200


def test_trial_plan_gives_no_slot_back_when_an_item_is_removed(stage: Stage) -> None:
    stage.control.turn(trial_slots=2)
    other = stage.control.add_item()
    stage.call("/item/remove", other)
    with pytest.raises(ControlRefused):
        stage.control.complete_link(link_token(stage))
    answer = stage.client.call(
        "/sandbox/public_token/create",
        institution_id="ins_109508",
        initial_products=["investments"],
    )
    assert answer.outcome() == (429, "ADDITION_LIMIT")
