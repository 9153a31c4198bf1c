"""The documented shape, field by field, from what SnapTrade serves today."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from freshet.adapters.snaptrade import models
from freshet.adapters.snaptrade.account_holdings import FIELDS, to_account_holdings
from freshet.adapters.snaptrade.fields import Origin, Reference
from freshet.adapters.snaptrade.mapping import to_holdings
from freshet.adapters.snaptrade.naming import described_by_exchanges, described_by_symbol

DOLLAR = {"id": "currency-usd", "code": "USD", "name": "US Dollar"}
ARCA = {"id": "exchange-arca", "code": "ARCA", "mic_code": "ARCX", "name": "Arca", "suffix": None}
FUND = {"id": "type-et", "code": "et", "description": "ETF", "is_supported": True}
STOCK = {"id": "type-cs", "code": "cs", "description": "Common Stock", "is_supported": True}
REFERENCE = Reference.from_documents(
    {
        **described_by_exchanges([ARCA]),
        **described_by_symbol({"id": "i-1", "symbol": "VTI", "currency": DOLLAR, "type": FUND}),
        **described_by_symbol({"id": "i-2", "symbol": "QARK", "currency": DOLLAR, "type": STOCK}),
    }
)
CONNECTION = {"id": "authorization-1", "disabled": False, "brokerage": {"slug": "ACME"}}
ACCOUNT: dict[str, Any] = {
    "id": "account-1",
    "brokerage_authorization": "authorization-1",
    "portfolio_group": "group-1",
    "name": "Margin",
    "number": "****8443",
    "institution_name": "Acme Brokerage",
    "sync_status": {"holdings": {"initial_sync_completed": True}},
    "meta": {"type": "Margin"},
    "balance": {"total": {"amount": Decimal("15363.23"), "currency": "USD"}},
}
FIGI = {"figi_code": "BBG1", "figi_share_class": "BBG2"}
LISTED = {
    "description": "Wide fund",
    "currency": "USD",
    "exchange": "ARCX",
    "figi_instrument": FIGI,
}
LOT = {"quantity": "2", "purchased_price": "240"}
LINE: dict[str, Any] = {
    "instrument": {"kind": "etf", "id": "i-1", "symbol": "VTI", "raw_symbol": "VTI", **LISTED},
    "units": "12.50",
    "price": "301.20",
    "cost_basis": "250.10",
    "currency": "USD",
    "cash_equivalent": False,
    "tax_lots": [LOT],
}
OPTION: dict[str, Any] = {
    "instrument": {
        "kind": "option",
        "id": "o-1",
        "symbol": "QARK  270618C00240000",
        "option_type": "CALL",
        "strike_price": "240.00",
        "expiration_date": "2027-06-18",
        "multiplier": "10",
        "description": "QARK CALL",
        "underlying": {
            "kind": "stock",
            "id": "i-2",
            "symbol": "QARK",
            "raw_symbol": "QARK",
            **LISTED,
        },
    },
    "units": "-2",
    "price": "4.05",
    "cost_basis": "8.20",
    "currency": "USD",
}
CASH = {"currency": DOLLAR, "cash": Decimal("300.71"), "buying_power": Decimal("410.71")}


def s4_shape(*lines: dict[str, Any], cash: Any = CASH, account: Any = None) -> dict[str, Any]:
    positions = {"results": list(lines)}
    holdings = to_holdings(
        models.Positions.model_validate(positions),
        [models.Balance.model_validate(cash)],
        source="{}",
    )
    return to_account_holdings(
        connection=CONNECTION,
        account=account or ACCOUNT,
        positions=positions,
        balances=[cash],
        holdings=holdings,
        reference=REFERENCE,
    )


def _at(document: Any, path: str) -> Any:
    for name in path.split("."):
        document = document.get(name.removesuffix("[]"))
        if name.endswith("[]"):
            (document,) = document
    return document


def _leaves(document: Any, path: str = "") -> Iterator[str]:
    """Name every path of the shape down to the fields of the table."""
    if path in FIELDS:
        yield path
    elif isinstance(document, dict):
        for name, value in document.items():
            yield from _leaves(value, f"{path}.{name}".lstrip("."))
    elif isinstance(document, list):
        for each in document:
            yield from _leaves(each, f"{path}[]")
    else:
        raise AssertionError(f"{path} is not in the table")


# Without a source today, and SnapTrade's own models take no null there.
LEFT_OUT = {
    "positions[].symbol.id",
    "positions[].symbol.is_quotable",
    "positions[].symbol.is_tradable",
    "option_positions[].symbol.id",
}


def test_every_field_is_in_the_table_when_the_shape_is_made() -> None:
    assert set(_leaves(s4_shape(LINE, OPTION))) == set(FIELDS) - LEFT_OUT


def test_field_is_one_of_those_without_a_source_when_it_is_always_left_out() -> None:
    assert {FIELDS[path] for path in LEFT_OUT} == {Origin.NULL}


def test_field_is_left_out_when_it_is_missing_and_the_shape_takes_no_null() -> None:
    line = {name: value for name, value in LINE.items() if name != "tax_lots"}
    line["instrument"] = {**LINE["instrument"], "description": None}
    account = {name: value for name, value in ACCOUNT.items() if name != "portfolio_group"}
    shape = s4_shape(line, account=account)
    assert "portfolio_group" not in shape["account"]
    (position,) = shape["positions"]
    assert "tax_lots" not in position
    assert "description" not in position["symbol"]
    assert position["symbol"]["symbol"]["description"] is None


@pytest.mark.parametrize("path", FIELDS)
def test_field_is_null_exactly_when_the_table_says_so(path: str) -> None:
    assert (_at(s4_shape(LINE, OPTION), path) is None) is (FIELDS[path] is Origin.NULL)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("account.brokerage_authorization", CONNECTION),
        ("account.meta", {"type": "Margin"}),
        ("balances[].currency", DOLLAR),
        ("balances[].cash", Decimal("300.71")),
        ("positions[].units", Decimal("12.50")),
        ("positions[].price", Decimal("301.20")),
        ("positions[].average_purchase_price", Decimal("250.10")),
        ("positions[].open_pnl", Decimal("638.75")),
        ("positions[].currency", DOLLAR),
        ("positions[].tax_lots", [LOT]),
        ("positions[].symbol.description", "Wide fund"),
        ("positions[].symbol.symbol.exchange", ARCA),
        ("positions[].symbol.symbol.currency", DOLLAR),
        ("positions[].symbol.symbol.currencies", [DOLLAR]),
        ("positions[].symbol.symbol.type", FUND),
        ("positions[].symbol.symbol.figi_code", "BBG1"),
        ("option_positions[].units", Decimal(-2)),
        ("option_positions[].average_purchase_price", Decimal("82.00")),
        ("option_positions[].symbol.option_symbol.ticker", "QARK  270618C00240000"),
        ("option_positions[].symbol.option_symbol.strike_price", Decimal("240.00")),
        ("option_positions[].symbol.option_symbol.is_mini_option", True),
        ("option_positions[].symbol.option_symbol.underlying_symbol.symbol", "QARK"),
        ("option_positions[].symbol.option_symbol.underlying_symbol.type", STOCK),
        # 12.50 x 301.20 - 2 x 4.05 x 10 + 300.71
        ("total_value.value", Decimal("3984.71")),
        ("total_value.currency", "USD"),
    ],
)
def test_field_has_its_value_when_its_source_is_there(path: str, value: Any) -> None:
    assert str(_at(s4_shape(LINE, OPTION), path)) == str(value)


def test_looked_up_object_is_left_out_when_reference_data_does_not_have_it() -> None:
    instrument = LINE["instrument"] | {"kind": "cat_bond", "exchange": "XNEW", "currency": "CHF"}
    line = LINE | {"instrument": instrument, "currency": "CHF"}
    symbol = _at(s4_shape(line), "positions[].symbol.symbol")
    assert not {"exchange", "currency"} & set(symbol)
    assert (symbol["currencies"], symbol["type"]) == ([], {})


@pytest.mark.parametrize("missing", ["units", "price", "cost_basis"])
def test_profit_is_null_when_one_of_its_numbers_is(missing: str) -> None:
    assert _at(s4_shape(LINE | {missing: None}), "positions[].open_pnl") is None


@pytest.mark.parametrize(
    "lines", [[LINE | {"price": None}], [LINE, LINE | {"currency": "CAD"}]], ids=str
)
def test_total_is_null_when_it_would_leave_something_out(lines: list[dict[str, Any]]) -> None:
    assert s4_shape(*lines)["total_value"] == {"value": None, "currency": "USD"}


def test_cash_counts_once_in_the_total_when_a_fund_is_cash() -> None:
    fund = LINE | {"cash_equivalent": True, "units": "300", "price": "1.00"}
    assert _at(s4_shape(fund), "total_value.value") == Decimal("300.71")
