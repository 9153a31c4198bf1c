"""What accounts of the SnapTrade simulator are worth, and what tells it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.common.client import ControlRefused
from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.portfolios import portfolios_named
from tests.simulators.snaptrade.stage import Stage, running_stage

WORTH = {
    "futures": "20000.00",
    "future_options": "6250.00",
    "bonds": "5135.75",
    "bonds_per_unit": "10160.00",
    "sweep": "1300.00",
    "short_lots": "2743.00",
    "odd_contracts": "2200.00",
    "two_currencies": "1485.00",
    "fills": "2474.20",
    "misstated": "900.00",
}
OLDER_WORTH = {
    "everyday": "9159.26",
    "trader": "20787.55",
    "crypto": "7927.28",
    "northern": "10213.15",
    "savings": "3120.44",
    "retirement": "84213.55",
    "empty": "25.00",
    "quiet": "834.00",
    "odd": "411.25",
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def opened(stage: Stage, portfolio: str) -> str:
    (account_id,) = stage.control.add_connection("user-1", portfolio=portfolio).account_ids
    stage.account_id = account_id
    return f"/accounts/{account_id}"


def lines_of(stage: Stage, portfolio: str) -> list[Document]:
    opened(stage, portfolio)
    lines: list[Document] = stage.positions()["results"]
    return lines


def total_of(stage: Stage, base: str) -> Any:
    return stage.call("GET", base).document()["balance"]["total"]


def test_bundle_has_every_sample_with_a_meaning_of_its_own() -> None:
    names = [portfolio.name for portfolio in portfolios_named("meaning")]
    assert names == [portfolios_named(name)[0].name for name in WORTH]


@pytest.mark.parametrize(("portfolio", "worth"), (WORTH | OLDER_WORTH).items())
def test_total_is_what_the_brokerage_works_out(stage: Stage, portfolio: str, worth: str) -> None:
    base = opened(stage, portfolio)
    total = total_of(stage, base)
    assert total["amount"] == Decimal(worth)
    net_value = stage.call("GET", f"{base}/details").document()["net_value"]
    assert net_value == total


def test_total_is_in_the_currency_of_the_account_and_covers_that_one(stage: Stage) -> None:
    total = total_of(stage, opened(stage, "two_currencies"))
    # 100 x 17.85 less a debt of 300; dollars are left out.
    assert total == {"amount": Decimal("1485.00"), "currency": "CAD"}


def test_total_keeps_its_rules_when_the_market_moves(stage: Stage) -> None:
    for portfolio, scale in (("bonds", Decimal("0.01")), ("futures", Decimal(0))):
        base = opened(stage, portfolio)
        for _ in range(3):
            stage.control.trade(stage.account_id)
        (line,) = stage.positions()["results"]
        (balance,) = stage.call("GET", f"{base}/balances").document()
        value = Decimal(line["units"]) * Decimal(line["price"]) * scale
        assert total_of(stage, base)["amount"] == round(value + balance["cash"], 2)


def test_contracts_tell_their_multipliers(stage: Stage) -> None:
    (index,) = lines_of(stage, "futures")
    assert (index["instrument"]["kind"], index["instrument"]["multiplier"]) == ("future", "5")
    (call,) = lines_of(stage, "future_options")
    assert call["instrument"]["underlying"]["kind"] == "future"
    adjusted, mini = lines_of(stage, "odd_contracts")
    assert (adjusted["instrument"]["multiplier"], mini["instrument"]["multiplier"]) == ("150", "10")


def test_lots_of_a_short_position_are_short(stage: Stage) -> None:
    (short,) = lines_of(stage, "short_lots")
    assert short["units"] == "-30"
    assert [lot["position_type"] for lot in short["tax_lots"]] == ["SHORT", "SHORT"]


def test_fund_is_in_the_buying_power_and_not_in_the_cash(stage: Stage) -> None:
    base = opened(stage, "sweep")
    (fund,) = stage.positions()["results"]
    assert (fund["cash_equivalent"], fund["units"]) == (True, "1200")
    (balance,) = stage.call("GET", f"{base}/balances").document()
    assert (balance["cash"], balance["buying_power"]) == (100, 1300)


def test_fills_of_one_order_differ_in_id_and_minute_alone(stage: Stage) -> None:
    base = opened(stage, "fills")
    found = stage.call("GET", f"{base}/activities", type="BUY").document()["data"]
    evening, *order = found
    assert evening["trade_date"] == "2026-11-19T20:30:00-05:00"
    passing = ("id", "trade_date")
    for name in passing:
        assert len({entry[name] for entry in order}) == 3
    assert len({entry["trade_date"][:10] for entry in order}) == 1
    first, *others = [
        {name: value for name, value in entry.items() if name not in passing} for entry in order
    ]
    assert others == [first, first]
    assert (first["external_reference_id"], first["units"]) == ("ORDER-7731", 10)
    assert set(first) | set(passing) == set(stage_history_entry(stage))


def stage_history_entry(stage: Stage) -> Document:
    (account_id,) = stage.control.add_connection("user-1", portfolio="trader").account_ids
    entry: Document = stage.call("GET", f"/accounts/{account_id}/activities").document()["data"][0]
    return entry


@pytest.mark.parametrize(
    ("balances", "told"),
    [
        ([{"currency": "CAD", "cash": None}], [("CAD", None)]),
        ([], []),
        ([{"currency": "CAD", "cash": "812.40"}], [("CAD", Decimal("812.40"))]),
    ],
)
def test_cash_can_be_unknown_and_currencies_vanish(
    stage: Stage, balances: list[Document], told: list[tuple[str, Any]]
) -> None:
    base = opened(stage, "two_currencies")
    stage.control.replace_holdings(stage.account_id, balances=balances)
    found = stage.call("GET", f"{base}/balances").document()
    assert [(each["currency"]["code"], each["cash"]) for each in found] == told


@pytest.mark.parametrize("part", ["positions", "balances"])
def test_part_of_the_retired_call_is_null_when_a_knob_says_so(stage: Stage, part: str) -> None:
    stage.control.turn(legacy_endpoints=True, retired_nulls=[part])
    whole = stage.call("GET", f"/accounts/{stage.account_id}/holdings").document()
    listed = stage.call("GET", "/holdings").document()[0]
    for document in (whole, listed):
        nulls = {name for name in ("positions", "balances") if document[name] is None}
        assert nulls == {part}
    with pytest.raises(ControlRefused, match="retired_nulls"):
        stage.control.turn(retired_nulls=["orders"])


def test_fractional_units_stand_alone_when_a_knob_says_so(stage: Stage) -> None:
    stage.control.turn(legacy_endpoints=True)
    path = f"/accounts/{stage.account_id}/positions"
    for position, pairs in (
        ("both", [(40, 40), (Decimal("12.5"), Decimal("12.5"))]),
        ("apart", [(40, None), (None, Decimal("12.5"))]),
    ):
        stage.control.turn(fractional_units=position)
        lines = stage.call("GET", path).document()[:2]
        assert [(line["units"], line["fractional_units"]) for line in lines] == pairs


def test_mini_contract_is_told_as_such_when_asked_the_old_way(stage: Stage) -> None:
    stage.control.turn(legacy_endpoints=True)
    options = stage.call("GET", f"{opened(stage, 'odd_contracts')}/options").document()
    minis = [line["symbol"]["option_symbol"]["is_mini_option"] for line in options]
    assert minis == [False, True]
    assert options[0]["average_purchase_price"] == Decimal("412.50")
