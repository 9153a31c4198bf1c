"""What holdings and accounts of the Plaid simulator are worth, and when their prices are from."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.common.client import ControlRefused
from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.portfolios import portfolios_named
from tests.simulators.plaid.stage import Stage, running_stage

HOLDINGS = "/investments/holdings/get"
WORTH = {
    "leveraged": "60000",
    "leveraged_gross": "100000",
    "leveraged_cash_line": "60000",
    "unlisted_cash": "14274.92",
    "unlisted_coins": "48200.03",
    "cash_management": "5250.25",
    "other_account": "1473.50",
    "futures": "20000",
    "options_with_lots": "8677.00",
    "equity_plan": "10000",
    "equity_plan_vested": "2000",
    "bonds": "15050.00",
    "old_prices": "1488.00",
}
# Monday to Friday; Thursday is a holiday.
WEEK = {"2026-11-23": 100, "2026-11-24": 110, "2026-11-25": 121, "2026-11-27": 90}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def read(stage: Stage, portfolio: str) -> tuple[Any, list[Document]]:
    document = stage.read(HOLDINGS, stage.control.add_item(portfolio=portfolio))
    (account,) = document["accounts"]
    return account["balances"], document["holdings"]


def test_bundle_has_every_sample_with_a_meaning_of_its_own() -> None:
    names = [portfolio.name for portfolio in portfolios_named("meaning")]
    assert names == [portfolios_named(name)[0].name for name in WORTH]


@pytest.mark.parametrize(("portfolio", "worth"), WORTH.items())
def test_account_alone_in_its_item_is_worth_what_its_institution_says(
    stage: Stage, portfolio: str, worth: str
) -> None:
    balances, _ = read(stage, portfolio)
    assert balances["current"] == Decimal(worth)


def test_loan_is_told_in_the_balances_or_also_as_a_line(stage: Stage) -> None:
    for portfolio in ("leveraged", "leveraged_gross", "leveraged_cash_line"):
        assert read(stage, portfolio)[0]["margin_loan_amount"] == 40000
    assert read(stage, "leveraged_cash_line")[1][1]["institution_value"] == -40000


def test_stated_values_are_not_quantity_times_price(stage: Stage) -> None:
    _, (index, grain, _) = read(stage, "futures")
    assert (index["institution_value"], grain["institution_value"]) == (None, Decimal("29262.50"))
    _, (bond, _) = read(stage, "bonds")
    assert (bond["quantity"], bond["institution_price"]) == (5000, Decimal("98.5"))
    assert bond["institution_value"] == Decimal("4925.00")
    _, (grant,) = read(stage, "equity_plan")
    assert (grant["vested_quantity"], grant["vested_value"]) == (200, 2000)


def test_short_position_is_told_by_its_sign_or_by_its_lots_alone(stage: Stage) -> None:
    _, (call, short, unsigned, _) = read(stage, "options_with_lots")
    (lot,) = call["tax_lots"]
    assert (call["quantity"], lot["quantity"]) == (200, 200)
    assert (lot["purchase_price"], lot["position_type"]) == (Decimal("1.25"), "LONG")
    assert (short["quantity"], unsigned["quantity"]) == (-30, 30)
    assert (short["institution_value"], unsigned["institution_value"]) == (-1257, 366)
    kinds = {each["position_type"] for line in (short, unsigned) for each in line["tax_lots"]}
    assert kinds == {"SHORT"}


def test_stated_value_keeps_its_ratio_when_the_market_moves(stage: Stage) -> None:
    item = stage.control.add_item(portfolio=["bonds", "equity_plan", "futures"])
    for _ in range(3):
        for account_id in item.account_ids:
            stage.control.trade(account_id)
    garden, bridge, grant, index, *_ = stage.holdings(item)
    for line in (garden, bridge):
        exact = line["quantity"] * line["institution_price"] / 100
        assert line["institution_value"] == round(exact, 2)
    assert garden["institution_price"] != Decimal("98.5")
    assert grant["institution_value"] == grant["quantity"] * 10 > 10000
    assert index["institution_value"] is None


def test_every_price_of_every_sample_has_a_date(stage: Stage) -> None:
    item = stage.control.add_item(portfolio=["complete", "meaning", "strange"])
    dates = {line["institution_price_as_of"] for line in stage.holdings(item)}
    assert dates == {"2026-11-20", "2024-03-01"}


def test_times_of_prices_are_missing_exact_or_a_default(stage: Stage) -> None:
    for portfolio, expected in (
        ("everyday", None),
        ("unlisted_coins", "2026-11-20T15:00:00Z"),
        ("retirement", "2026-11-20T00:00:00Z"),
    ):
        _, lines = read(stage, portfolio)
        assert {line["institution_price_datetime"] for line in lines} == {expected}


def test_dates_of_prices_move_with_the_market_and_not_on_weekends(stage: Stage) -> None:
    item = stage.control.add_item(portfolio=["everyday", "crypto", "old_prices"])
    stage.pass_time(days=1)
    assert {line["institution_price_as_of"] for line in stage.holdings(item)[:6]} == {"2026-11-20"}
    assert stage.refresh(item).status == 200
    # A Saturday: coins trade, shares do not.
    dates = [line["institution_price_as_of"] for line in stage.holdings(item)]
    assert dates == ["2026-11-20"] * 4 + ["2026-11-21"] * 2 + ["2026-11-20", "2024-03-01"]
    stage.pass_time(days=2)
    assert stage.refresh(item).status == 200
    dates = [line["institution_price_as_of"] for line in stage.holdings(item)]
    assert dates == ["2026-11-23"] * 7 + ["2024-03-01"]


def test_test_can_set_the_price_of_each_day(stage: Stage) -> None:
    account_id, seen = stage.item.account_ids[0], {}
    for day, price in WEEK.items():
        stage.control.set_price(account_id, "NRTH", price, as_of=day)
        line = stage.holdings()[0]
        assert line["institution_value"] == line["quantity"] * price
        seen[line["institution_price_as_of"]] = line["institution_price"]
    assert seen == WEEK
    with pytest.raises(ControlRefused, match="ticker NONE is held nowhere"):
        stage.control.set_price(account_id, "NONE", 1, as_of="2026-11-23")
