"""What time does in the Plaid simulator: stale logins, ending consents, the first extraction."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulators.plaid import SimulatedItem
from tests.simulators.plaid.stage import Stage, running_stage

ITEM, HOLDINGS = "/item/get", "/investments/holdings/get"
TRANSACTIONS, REFRESH = "/investments/transactions/get", "/investments/refresh"
PERIOD: dict[str, Any] = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
BROKEN, NOT_READY = (400, "ITEM_LOGIN_REQUIRED"), (400, "PRODUCT_NOT_READY")
HOUR = 3600


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def slow_item(stage: Stage, **details: Any) -> SimulatedItem:
    """An Item whose first extraction takes until the test ends it."""
    stage.control.turn(history_delay_seconds=HOUR)
    return stage.control.add_item(**details)


def test_sandbox_login_goes_stale_after_thirty_days(stage: Stage) -> None:
    stage.pass_time(days=29)
    assert stage.call("/accounts/get").status == 200
    stage.pass_time(days=1)
    assert stage.call("/accounts/get").outcome() == BROKEN
    stage.listener.next("ITEM", "ERROR")
    stage.control.repair_login(stage.item.item_id)
    stage.pass_time(days=29)
    assert stage.call("/accounts/get").status == 200


def test_login_stays_when_the_knob_or_the_environment_says_so(stage: Stage) -> None:
    stage.control.turn(item_lifetime_days=0)
    stage.pass_time(days=365)
    assert stage.call("/accounts/get").status == 200
    with running_stage("production") as other:
        other.pass_time(days=365)
        assert other.call("/accounts/get").status == 200


def test_clock_can_be_moved_and_signatures_stay_in_the_present(stage: Stage) -> None:
    assert stage.control.advance_clock(30 * 24 * HOUR) == "2026-12-20T15:00:00+00:00"
    stage.verify(stage.listener.next("ITEM", "ERROR"))
    assert stage.read(ITEM)["item"]["error"]["error_code"] == "ITEM_LOGIN_REQUIRED"


@pytest.mark.parametrize(
    ("what", "code", "fields", "reason"),
    [
        (
            "expiration",
            "PENDING_EXPIRATION",
            {"consent_expiration_time": "2026-11-27T15:00:00Z"},
            "OAUTH_CONSENT_EXPIRED",
        ),
        (
            "disconnect",
            "PENDING_DISCONNECT",
            {"disconnect_time": "2026-11-27T15:00:00Z", "reason": "INSTITUTION_TOKEN_EXPIRATION"},
            None,
        ),
    ],
)
def test_item_breaks_when_its_announced_end_has_come(
    stage: Stage, what: str, code: str, fields: dict[str, str], reason: str | None
) -> None:
    stage.control.announce_end(stage.item.item_id, what)
    told = stage.listener.next("ITEM", code).document
    common = {"webhook_type", "webhook_code", "item_id", "environment"}
    assert {name: told[name] for name in told if name not in common} == fields
    expires_at = stage.read(ITEM)["item"]["consent_expiration_time"]
    assert expires_at == fields.get("consent_expiration_time")
    stage.pass_time(days=7)
    answer = stage.call("/accounts/get")
    assert answer.outcome() == BROKEN
    assert answer.document().get("error_code_reason") == reason


def test_everything_waits_when_the_first_extraction_is_asynchronous(stage: Stage) -> None:
    stage.control.turn(history_mode="async")
    item = slow_item(stage)
    outcomes = [
        stage.call(HOLDINGS, item).outcome(),
        stage.call(TRANSACTIONS, item, **PERIOD).outcome(),
        stage.refresh(item).outcome(),
    ]
    assert outcomes == [NOT_READY] * 3
    assert stage.call("/accounts/get", item).status == 200
    stage.control.finish_history(item.item_id)
    told = stage.listener.next("INVESTMENTS_TRANSACTIONS", "HISTORICAL_UPDATE").document
    assert (told["item_id"], told["new_investments_transactions"]) == (item.item_id, 5)
    assert stage.call(HOLDINGS, item).status == 200
    assert stage.call(TRANSACTIONS, item, **PERIOD).status == 200
    stage.pass_time(minutes=1)
    assert stage.refresh(item).status == 200


def test_last_days_are_there_when_link_pulls_them(stage: Stage) -> None:
    stage.control.turn(history_mode="async", history_at_link="recent")
    item = slow_item(stage, portfolio="generated-40")
    assert len(stage.holdings(item)) == 40
    assert stage.refresh(item).outcome() == NOT_READY
    recent = stage.read(TRANSACTIONS, item, **PERIOD)["investment_transactions"]
    stage.control.finish_history(item.item_id)
    whole = stage.read(TRANSACTIONS, item, **PERIOD)["investment_transactions"]
    assert 0 < len(recent) < len(whole) == 41
    assert all(each["date"] >= "2026-10-21" for each in recent)


def test_first_call_starts_the_pull_when_investments_came_after_link(stage: Stage) -> None:
    item = slow_item(stage, products=["identity"])
    options = {"async_update": True}
    assert stage.call(TRANSACTIONS, item, **PERIOD, options=options).outcome() == NOT_READY
    assert stage.refresh(item).outcome() == NOT_READY
    stage.control.finish_history(item.item_id)
    stage.listener.next("INVESTMENTS_TRANSACTIONS", "HISTORICAL_UPDATE")
    assert stage.call(TRANSACTIONS, item, **PERIOD, options=options).status == 200


def test_first_call_waits_without_a_webhook_when_synchronous(stage: Stage) -> None:
    stage.control.turn(history_delay_seconds=0.01)
    item = stage.control.add_item(products=["identity"])
    assert stage.call(TRANSACTIONS, item, **PERIOD).status == 200
    assert stage.control.item(item.item_id)["history"] == "ready"
    assert stage.control.deliveries("INVESTMENTS_TRANSACTIONS") == []


def test_link_token_makes_the_first_extraction_asynchronous(stage: Stage) -> None:
    stage.control.turn(history_delay_seconds=HOUR)
    created = stage.client.call(
        "/link/token/create",
        client_name="Sample",
        language="en",
        country_codes=["US"],
        user={"client_user_id": "user-1"},
        products=["investments"],
        investments={"async_update": True},
    ).document()
    public = stage.control.complete_link(created["link_token"])
    exchanged = stage.client.call("/item/public_token/exchange", public_token=public).document()
    answer = stage.call(HOLDINGS, access_token=exchanged["access_token"])
    assert answer.outcome() == NOT_READY
