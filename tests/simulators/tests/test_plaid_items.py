"""Items of the Plaid simulator: made in the sandbox, changed, removed; and their institutions."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.plaid.client import Answer
from tests.simulators.plaid.stage import Stage, running_stage

ITEM, HOLDINGS = "/item/get", "/investments/holdings/get"
CREATE, INSTITUTION = "/sandbox/public_token/create", "/institutions/get_by_id"
CUSTOM: dict[str, Any] = {
    "override_accounts": [
        {
            "type": "investment",
            "subtype": "401k",
            "starting_balance": 8000,
            "meta": {"name": "My Plan"},
            "holdings": [
                {
                    "institution_price": 23.5,
                    "institution_price_as_of": "2026-11-19",
                    "cost_basis": 400,
                    "quantity": 20.125,
                    "currency": "USD",
                    "security": {"ticker_symbol": "LMBR", "currency": "USD"},
                }
            ],
        },
        {"type": "depository", "subtype": "checking", "starting_balance": 12},
    ]
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def create(stage: Stage, products: list[str] | None = None, **options: Any) -> Answer:
    body: dict[str, Any] = {
        "institution_id": "ins_109508",
        "initial_products": products or ["investments"],
    }
    return stage.client.call(CREATE, **body, options=options)


def custom(document: Any) -> dict[str, Any]:
    return {"override_username": "user_custom", "override_password": json.dumps(document)}


def test_custom_user_brings_the_portfolio_in_the_password(stage: Stage) -> None:
    public = create(stage, **custom(CUSTOM)).document()["public_token"]
    exchanged = stage.client.call("/item/public_token/exchange", public_token=public).document()
    read = stage.read(HOLDINGS, access_token=exchanged["access_token"])
    (held,) = read["holdings"]
    assert (held["quantity"], held["cost_basis"]) == (Decimal("20.125"), 400)
    assert held["institution_price_as_of"] == "2026-11-19"
    assert [each["ticker_symbol"] for each in read["securities"]] == ["LMBR"]
    plan, checking = read["accounts"]
    assert (plan["name"], plan["subtype"], plan["balances"]["current"]) == ("My Plan", "401k", 8000)
    assert checking["balances"]["available"] == 12


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        ({"override_username": "user_custom"}, "INVALID_FIELD", "override_password"),
        (custom([]), "INVALID_FIELD", "override_password"),
        (custom({"override_accounts": []}), "INVALID_FIELD", "override_accounts"),
        (custom({"override_accounts": [{}]}), "INVALID_FIELD", "override_accounts[0].type"),
        ({"override_username": "user_good", "override_password": "no"}, "INVALID_CREDENTIALS", ""),
        (
            {"override_username": "user_good", "override_password": "error_ITEM_LOCKED"},
            "ITEM_LOCKED",
            "",
        ),
        ({"override_username": "nobody"}, "INVALID_CREDENTIALS", ""),
        ({"webhook": "nowhere"}, "INVALID_FIELD", "webhook"),
    ],
)
def test_sandbox_item_is_not_made_when_an_option_makes_no_sense(
    stage: Stage, options: dict[str, Any], code: str, text: str
) -> None:
    answer = create(stage, **options)
    assert answer.outcome() == (400, code)
    assert text in answer.document()["error_message"]


def test_sandbox_item_is_made_when_the_usual_user_signs_in(stage: Stage) -> None:
    usual: dict[str, Any] = {"override_username": "user_good", "override_password": "pass_good"}
    assert create(stage, **usual).status == 200
    assert create(stage, ["investment"]).outcome() == (400, "INVALID_FIELD")
    assert create(stage, ["identity"], **custom(CUSTOM)).outcome() == (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reason_code": "FRAUD_ABUSE", "reason_note": "n" * 512}, 200),
        ({"reason_code": None, "reason_note": None}, 200),
        ({"reason_code": "BORED"}, 400),
        ({"reason_note": "n" * 513}, 400),
    ],
)
def test_item_is_removed_when_the_reason_is_a_known_one(
    stage: Stage, body: dict[str, Any], status: int
) -> None:
    assert stage.call("/item/remove", **body).status == status
    assert stage.call(ITEM).status == (400 if status == 200 else 200)
    codes = stage.control.requests()["refusals"]
    assert codes.get("item_get") == ({"ITEM_NOT_FOUND": 1} if status == 200 else None)


def test_public_token_is_dead_when_its_item_was_removed(stage: Stage) -> None:
    public = create(stage).document()["public_token"]
    (_, fresh) = stage.control.state()["items"]
    assert stage.call("/item/remove", access_token=fresh["access_token"]).status == 200
    answer = stage.client.call("/item/public_token/exchange", public_token=public)
    assert answer.outcome() == (400, "ITEM_NOT_FOUND")


def test_webhook_url_is_refused_when_it_is_none(stage: Stage) -> None:
    answer = stage.call("/item/webhook/update", webhook="ftp://nowhere")
    assert answer.outcome() == (400, "INVALID_FIELD")
    assert stage.read(ITEM)["item"]["webhook"] == stage.listener.url


def test_acknowledgement_has_exactly_its_fields(stage: Stage) -> None:
    stage.call("/item/webhook/update", webhook=stage.listener.url)
    told = stage.listener.next("ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED").document
    assert told == {
        "webhook_type": "ITEM",
        "webhook_code": "WEBHOOK_UPDATE_ACKNOWLEDGED",
        "item_id": stage.item.item_id,
        "environment": "sandbox",
        "new_webhook_url": stage.listener.url,
        "error": None,
    }


@pytest.mark.parametrize(
    ("institution_id", "country", "status"),
    [("ins_acme", "US", "HEALTHY"), ("ins_132361", "US", "DOWN"), ("ins_132363", "US", "DEGRADED"),
     ("ins_43", "CA", "HEALTHY")],
)  # fmt: skip
def test_institution_tells_its_health_when_asked(
    stage: Stage, institution_id: str, country: str, status: str
) -> None:
    body: dict[str, Any] = {"institution_id": institution_id, "country_codes": [country]}
    options = {"include_status": True}
    found = stage.client.call(INSTITUTION, **body, options=options).document()["institution"]
    assert found["institution_id"] == institution_id
    assert found["status"]["investments_updates"]["status"] == status
    assert "status" not in stage.client.call(INSTITUTION, **body).document()["institution"]


def test_institution_is_unknown_when_it_is_of_another_country(stage: Stage) -> None:
    for institution_id, country in (("ins_43", "US"), ("ins_nowhere", "US")):
        body: dict[str, Any] = {"institution_id": institution_id, "country_codes": [country]}
        assert stage.client.call(INSTITUTION, **body).outcome() == (400, "INVALID_INSTITUTION")


def test_limit_of_the_client_holds_when_there_is_no_item(stage: Stage) -> None:
    body: dict[str, Any] = {"institution_id": "ins_acme", "country_codes": ["US"]}
    outcomes = [stage.client.call(INSTITUTION, **body).outcome() for _ in range(401)]
    assert outcomes[399:] == [(200, None), (429, "INSTITUTIONS_GET_BY_ID_LIMIT")]


@pytest.mark.parametrize(("environment", "limit"), [("sandbox", 100), ("production", 15)])
def test_limit_is_that_of_the_environment(environment: str, limit: int) -> None:
    with running_stage(environment) as stage:
        outcomes = [stage.call(HOLDINGS).outcome() for _ in range(limit + 1)]
        assert outcomes[limit - 1 :] == [(200, None), (429, "INVESTMENT_HOLDINGS_GET_LIMIT")]


@pytest.mark.parametrize(
    ("portfolio", "code"), [([], "NO_ACCOUNTS"), ("checking", "NO_INVESTMENT_ACCOUNTS")]
)
def test_nothing_is_refreshed_when_there_is_nothing_to_hold(
    stage: Stage, portfolio: str | list[str], code: str
) -> None:
    item = stage.control.add_item(portfolio=portfolio)
    assert stage.refresh(item).outcome() == (400, code)
    assert stage.call(HOLDINGS, item).outcome() == (400, code)


def test_account_comes_back_under_its_id_when_it_had_vanished(stage: Stage) -> None:
    first, second = stage.item.account_ids
    stage.control.vanish_account(first)
    assert [a["account_id"] for a in stage.read("/accounts/get")["accounts"]] == [second]
    answer = stage.call("/accounts/get", options={"account_ids": [first]})
    assert answer.outcome() == (400, "INVALID_ACCOUNT_ID")
    stage.control.return_account(first)
    assert {line["account_id"] for line in stage.holdings()} == {first}


def test_persistent_id_survives_when_the_account_id_changes(stage: Stage) -> None:
    assert "persistent_account_id" not in stage.read("/accounts/get")["accounts"][0]
    stage.control.turn(persistent_account_ids=True)
    before = stage.read("/accounts/get")["accounts"]
    churned = stage.control.churn_account(stage.item.account_ids[0])
    after = stage.read("/accounts/get")["accounts"]
    assert after[0]["account_id"] == churned != before[0]["account_id"]
    ids = [[each["persistent_account_id"] for each in accounts] for accounts in (before, after)]
    assert ids[0] == ids[1]


def test_strange_portfolios_have_unknown_kinds_and_great_size(stage: Stage) -> None:
    item = stage.control.add_item(portfolio=["strange", "huge"])
    read = stage.read(HOLDINGS, item)
    assert {"prediction contract", "carbon credit", None} <= {
        each["type"] for each in read["securities"]
    }
    assert {"vault", "investment"} == {each["type"] for each in read["accounts"]}
    assert "prediction market" in {each["subtype"] for each in read["accounts"]}
    assert len(read["holdings"]) > 1000
    assert len(stage.holdings(stage.control.add_item(portfolio="generated-10000"))) == 10_000


def test_accounts_persist_through_links_when_they_are_one_holders(stage: Stage) -> None:
    stage.control.turn(persistent_account_ids=True)
    linked = [stage.control.add_item(holder=name) for name in ("jo", "jo", "mo")]
    read = [stage.read("/accounts/get", item)["accounts"] for item in linked]
    persistent = [{each["persistent_account_id"] for each in accounts} for accounts in read]
    assert persistent[0] == persistent[1]
    assert not persistent[0] & persistent[2]
    assert not set(linked[0].account_ids) & set(linked[1].account_ids)
