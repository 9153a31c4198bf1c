"""From Plaid's holdings to ours: every digit, nothing dropped, cash once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from freshet.adapters.plaid import models
from freshet.adapters.plaid.mapping import to_holdings
from freshet.domain.instruments import OptionContract
from freshet.domain.positions import Lot
from freshet.domain.totals import cash_lines
from tests.builders import totals_in
from tests.integration.plaid_documents import (
    ACCOUNT,
    HOLDING,
    read_account,
    read_holdings,
    read_portfolio,
    read_transaction,
)

OPTION: dict[str, Any] = {
    "type": "derivative",
    "ticker_symbol": "QARK270618C00240000",
    "option_contract": {
        "contract_type": "call",
        "expiration_date": "2027-06-18",
        "strike_price": Decimal(240),
        "underlying_security_ticker": "QARK",
    },
}


def test_position_is_read_when_it_is_usual() -> None:
    (position,) = read_holdings().positions
    instrument = position.instrument
    assert (instrument.kind, instrument.id, instrument.symbol) == ("etf", "security-1", "VTI")
    assert (instrument.mic, instrument.figi, instrument.option) == ("ARCX", "BBG000000001", None)
    assert [str(each) for each in (position.units, position.price, position.value)] == [
        *("12.5", "301.20", "3765.000"),
    ]
    assert (position.cost_per_unit, position.currency) == (Decimal(250), "USD")
    assert (position.cash_equivalent, position.lots) == (False, ())


def test_contracts_are_counted_when_plaid_counts_underlyings_of_an_option() -> None:
    option = {"quantity": Decimal(300), "institution_price": Decimal("12.35")}
    (position,) = read_holdings(option | {"cost_basis": Decimal("2460.00")}, OPTION).positions
    assert position.instrument.kind == "option"
    assert position.instrument.option == OptionContract(
        side="call",
        strike=Decimal(240),
        expires_on=date(2027, 6, 18),
        underlying="QARK",
    )
    assert position.instrument.multiplier == 100
    assert (position.units, position.value) == (Decimal(3), Decimal(3705))
    assert position.cost_per_unit == Decimal("8.2")


@pytest.mark.parametrize("quantity", [Decimal(-100), Decimal("150"), Decimal("0.5"), Decimal(0)])
def test_worth_stays_the_same_when_an_options_units_are_contracts(quantity: Decimal) -> None:
    option = {"quantity": quantity, "institution_price": Decimal("4.05")}
    (position,) = read_holdings(option, OPTION).positions
    assert position.value == quantity * Decimal("4.05")


def test_worth_is_the_institutions_own_when_units_by_price_would_be_another() -> None:
    bond = {"quantity": Decimal(5000), "institution_price": Decimal("98.5")}
    stated = {"institution_value": Decimal("4925.00")}
    found = read_holdings(bond | stated, {"type": "fixed income"})
    assert [str(position.value) for position in found.positions] == ["4925.00"]
    assert [total.positions for total in totals_in(found)] == [Decimal(4925)]


@pytest.mark.parametrize("security", [{"is_cash_equivalent": True}, {"type": "cash"}])
def test_cash_counts_once_when_it_is_a_line_of_the_portfolio(security: dict[str, Any]) -> None:
    cash = {"quantity": Decimal("300.71"), "institution_price": Decimal(1), "security_id": "cash"}
    found = read_portfolio([{}, cash], [{}, security | {"security_id": "cash"}])
    assert [position.cash_equivalent for position in found.positions] == [False, True]
    assert found.balances == ()
    assert [(each.currency, each.cash) for each in cash_lines(found)] == [
        ("USD", Decimal("300.71"))
    ]
    (total,) = totals_in(found)
    assert (total.positions, total.cash) == (Decimal(3765), Decimal("300.71"))


def test_cash_of_each_currency_is_added_up_when_there_is_more_than_one_line() -> None:
    cash = {"institution_price": Decimal(1), "quantity": Decimal("1.10")}
    canadian = cash | {"iso_currency_code": "CAD", "quantity": Decimal(7)}
    found = read_portfolio([cash, cash, canadian], [{"type": "cash"}])
    assert [(each.currency, each.cash) for each in cash_lines(found)] == [
        ("CAD", Decimal(7)),
        ("USD", Decimal("2.20")),
    ]


def test_unofficial_currency_is_kept_when_there_is_no_other() -> None:
    unofficial = {"iso_currency_code": None, "unofficial_currency_code": "GBX"}
    (position,) = read_holdings(unofficial).positions
    assert position.currency == "GBX"
    assert read_transaction(**unofficial).currency == "GBX"
    assert read_account(balances=ACCOUNT["balances"] | unofficial).value.currency == "GBX"


def test_currency_is_the_securitys_when_a_line_has_none() -> None:
    (position,) = read_holdings({"iso_currency_code": None}).positions
    assert position.currency == "USD"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("equity", "stock"),
        ("etf", "etf"),
        ("mutual fund", "mutualfund"),
        ("cryptocurrency", "crypto"),
        ("fixed income", "bond"),
        ("carbon credits", "carbon credits"),
        (None, "other"),
    ],
)
def test_kind_is_ours_or_kept_when_a_security_has_one(kind: str | None, expected: str) -> None:
    (position,) = read_holdings(security={"type": kind}).positions
    assert position.instrument.kind == expected


def test_line_is_kept_when_ticker_name_type_and_cost_are_null() -> None:
    bare = {"ticker_symbol": None, "name": None, "type": None, "is_cash_equivalent": None}
    (position,) = read_holdings({"cost_basis": None}, bare).positions
    assert (position.instrument.symbol, position.instrument.name) == (None, None)
    assert (position.cost_per_unit, position.units) == (None, Decimal("12.5"))


def test_line_is_kept_when_newer_fields_are_missing_and_unknown_ones_are_there() -> None:
    line = {"account_id": "account-1", "security_id": "security-1", "something_new": [1]}
    answer = models.HoldingsAnswer.model_validate(
        {
            "accounts": [],
            "holdings": [line],
            "securities": [{"security_id": "security-1", "sparkle": {"a": 1}}],
            "is_investments_fallback_item": False,
        }
    )
    known = {each.security_id: each for each in answer.securities}
    (position,) = to_holdings(
        answer.holdings, known, models.Balances(), synced_at=None, source="{}"
    ).positions
    assert (position.units, position.price, position.currency) == (None, None, None)
    assert position.instrument.id == "security-1"


def test_line_is_kept_under_its_id_when_its_security_is_unknown() -> None:
    (position,) = read_portfolio([{"security_id": "security-9"}], [{}]).positions
    assert (position.instrument.id, position.instrument.kind) == ("security-9", "other")
    assert position.value == Decimal(3765)


def test_no_digit_is_lost_when_numbers_are_long() -> None:
    long = {"quantity": Decimal("0.12345678901234567"), "institution_price": Decimal("1.10")}
    (position,) = read_holdings(long).positions
    assert (str(position.units), str(position.price)) == ("0.12345678901234567", "1.10")


@pytest.mark.parametrize(
    ("total", "quantity", "expected"),
    [
        ("3125.00", "12.5", "250"),
        ("1", "3", "0.33333333333333333333"),
        ("-100", "-8", "12.5"),
        ("100", "0", None),
        ("0", "5", "0"),
        ("100", "0.000000000000000001", "100000000000000000000"),
        ("123456789012345678901", "1", "123456789012345678900"),
    ],
)
def test_cost_is_per_unit_when_plaid_gives_the_total(
    total: str, quantity: str, expected: str | None
) -> None:
    line = {"cost_basis": Decimal(total), "quantity": Decimal(quantity)}
    (position,) = read_holdings(line).positions
    assert position.cost_per_unit == (None if expected is None else Decimal(expected))


def test_lots_are_kept_when_the_institution_tells_them_apart() -> None:
    lots = [
        {
            "original_purchase_datetime": "2025-01-02T00:00:00Z",
            "quantity": Decimal("2.5"),
            "purchase_price": Decimal("199.10"),
            "position_type": "LONG",
        },
        {},
    ]
    (position,) = read_holdings({"tax_lots": lots}).positions
    assert position.lots == (
        Lot(
            acquired_at="2025-01-02T00:00:00Z",
            units=Decimal("2.5"),
            cost_per_unit=Decimal("199.10"),
        ),
        Lot(acquired_at=None, units=None, cost_per_unit=None),
    )


@pytest.mark.parametrize("number", [1.5, True, "NaN", "Infinity", "", "12,5", [1]])
def test_answer_is_refused_when_a_number_is_not_exact(number: Any) -> None:
    with pytest.raises(ValidationError):
        models.Holding.model_validate(HOLDING | {"quantity": number})
