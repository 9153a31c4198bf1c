"""From Plaid's documents to ours: every digit, nothing dropped, cash once (promises 7, 8)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from pydantic import ValidationError

from freshet.adapters.plaid import models
from freshet.adapters.plaid.mapping import (
    to_account_report,
    to_connection_report,
    to_holdings,
    to_transaction,
)
from freshet.domain.account import AccountStatus
from freshet.domain.connection import DataMode, Institution
from freshet.domain.holdings import Balance, Holdings, Lot, OptionContract
from freshet.domain.money import Money

SYNCED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ACCOUNT: dict[str, Any] = {
    "account_id": "account-1",
    "balances": {
        "available": None,
        "current": Decimal("15363.23"),
        "limit": None,
        "iso_currency_code": "USD",
        "unofficial_currency_code": None,
    },
    "mask": "8443",
    "name": "IRA",
    "official_name": None,
    "type": "investment",
    "subtype": "ira",
}
HOLDING: dict[str, Any] = {
    "account_id": "account-1",
    "security_id": "security-1",
    "quantity": Decimal("12.5"),
    "institution_price": Decimal("301.20"),
    "institution_price_as_of": "2026-11-19",
    "institution_value": Decimal(3765),
    "cost_basis": Decimal("3125.00"),
    "iso_currency_code": "USD",
    "unofficial_currency_code": None,
}
SECURITY: dict[str, Any] = {
    "security_id": "security-1",
    "name": "Total market fund",
    "ticker_symbol": "VTI",
    "type": "etf",
    "is_cash_equivalent": False,
    "iso_currency_code": "USD",
    "unofficial_currency_code": None,
    "market_identifier_code": "ARCX",
    "figi": "BBG000000001",
    "option_contract": None,
    "fixed_income": None,
}
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
TRANSACTION: dict[str, Any] = {
    "investment_transaction_id": "transaction-1",
    "account_id": "account-1",
    "security_id": "security-1",
    "date": "2026-11-19",
    "name": "BUY VTI",
    "quantity": Decimal("2.0"),
    "amount": Decimal("602.40"),
    "price": Decimal("301.20"),
    "fees": Decimal("0.00"),
    "type": "buy",
    "subtype": "dividend reinvestment",
    "iso_currency_code": "USD",
    "unofficial_currency_code": None,
}


def _parsed(document: Any) -> Any:
    return simplejson.loads(simplejson.dumps(document, use_decimal=True), use_decimal=True)


def _holdings(
    holding: dict[str, Any] | None = None, security: dict[str, Any] | None = None
) -> Holdings:
    return _portfolio([holding or {}], [security or {}])


def _portfolio(holdings: list[dict[str, Any]], securities: list[dict[str, Any]]) -> Holdings:
    answer = models.HoldingsAnswer.model_validate(
        _parsed(
            {
                "accounts": [ACCOUNT],
                "holdings": [HOLDING | each for each in holdings],
                "securities": [SECURITY | each for each in securities],
            }
        )
    )
    known = {each.security_id: each for each in answer.securities}
    return to_holdings(answer.holdings, known, source="{}")


TICKERS = {TRANSACTION["security_id"]: "WIDE"}


def _report(**changes: Any) -> Any:
    document = _parsed(ACCOUNT | changes)
    return to_account_report(models.Account.model_validate(document), document, synced_at=SYNCED)


def _transaction(**changes: Any) -> Any:
    document = _parsed(TRANSACTION | changes)
    return to_transaction(models.Transaction.model_validate(document), document, TICKERS)


def _item(error: Any) -> Any:
    item = {
        "item_id": "item-1",
        "institution_id": "ins_1",
        "institution_name": "Acme Brokerage",
        "error": error,
    }
    return to_connection_report(models.ItemAnswer.model_validate({"item": item}))


def test_account_is_read_whole_when_it_is_usual() -> None:
    report = _report()
    assert (report.provider_account_id, report.name, report.number) == (
        *("account-1", "IRA", "****8443"),
    )
    assert (report.kind, report.raw_type, report.status) == (
        *("investment", "ira", AccountStatus.OPEN),
    )
    assert report.value == Money(Decimal("15363.23"), "USD")
    assert (report.synced_at, report.transactions_synced_on) == (SYNCED, SYNCED.date())
    assert report.is_readable
    assert simplejson.loads(report.source, use_decimal=True) == ACCOUNT


@pytest.mark.parametrize(
    ("kind", "expected", "is_readable"),
    [
        ("investment", "investment", True),
        ("brokerage", "investment", True),
        ("depository", "deposit", False),
        ("credit", "line_of_credit", False),
        ("loan", "loan", False),
        ("prediction market", "prediction market", False),
    ],
)
def test_kind_is_ours_or_kept_when_an_account_has_one(
    kind: str, expected: str, is_readable: bool
) -> None:
    report = _report(type=kind)
    assert (report.kind, report.is_readable) == (expected, is_readable)


def test_account_is_kept_when_nearly_everything_of_it_is_missing() -> None:
    document = {"account_id": "account-1", "something_new": {"a": [1]}}
    report = to_account_report(models.Account.model_validate(document), document, synced_at=None)
    assert (report.name, report.number, report.value, report.synced_at) == (None, None, None, None)
    assert simplejson.loads(report.source) == document


def test_value_is_unknown_when_it_has_no_currency() -> None:
    assert _report(balances=ACCOUNT["balances"] | {"iso_currency_code": None}).value is None


def test_position_is_read_when_it_is_usual() -> None:
    (position,) = _holdings().positions
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
    (position,) = _holdings(option | {"cost_basis": Decimal("2460.00")}, OPTION).positions
    assert position.instrument.kind == "option"
    assert position.instrument.option == OptionContract(
        side="call",
        strike=Decimal(240),
        expires_on=date(2027, 6, 18),
        multiplier=Decimal(100),
        underlying="QARK",
    )
    assert (position.units, position.value) == (Decimal(3), Decimal(3705))
    assert position.cost_per_unit == Decimal("8.2")


@pytest.mark.parametrize("quantity", [Decimal(-100), Decimal("150"), Decimal("0.5"), Decimal(0)])
def test_worth_stays_the_same_when_an_options_units_are_contracts(quantity: Decimal) -> None:
    option = {"quantity": quantity, "institution_price": Decimal("4.05")}
    (position,) = _holdings(option, OPTION).positions
    assert position.value == quantity * Decimal("4.05")


@pytest.mark.parametrize("security", [{"is_cash_equivalent": True}, {"type": "cash"}])
def test_cash_counts_once_when_it_is_a_line_of_the_portfolio(security: dict[str, Any]) -> None:
    cash = {"quantity": Decimal("300.71"), "institution_price": Decimal(1), "security_id": "cash"}
    found = _portfolio([{}, cash], [{}, security | {"security_id": "cash"}])
    assert [position.cash_equivalent for position in found.positions] == [False, True]
    assert found.balances == (Balance(currency="USD", cash=Decimal("300.71"), buying_power=None),)
    (total,) = found.totals()
    assert (total.positions, total.cash) == (Decimal(3765), Decimal("300.71"))


def test_cash_of_each_currency_is_added_up_when_there_is_more_than_one_line() -> None:
    cash = {"institution_price": Decimal(1), "quantity": Decimal("1.10")}
    canadian = cash | {"iso_currency_code": "CAD", "quantity": Decimal(7)}
    found = _portfolio([cash, cash, canadian], [{"type": "cash"}])
    assert [(each.currency, each.cash) for each in found.balances] == [
        ("CAD", Decimal(7)),
        ("USD", Decimal("2.20")),
    ]


def test_unofficial_currency_is_kept_when_there_is_no_other() -> None:
    unofficial = {"iso_currency_code": None, "unofficial_currency_code": "GBX"}
    (position,) = _holdings(unofficial).positions
    assert position.currency == "GBX"
    assert _transaction(**unofficial).currency == "GBX"
    assert _report(balances=ACCOUNT["balances"] | unofficial).value.currency == "GBX"


def test_currency_is_the_securitys_when_a_line_has_none() -> None:
    (position,) = _holdings({"iso_currency_code": None}).positions
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
    (position,) = _holdings(security={"type": kind}).positions
    assert position.instrument.kind == expected


def test_line_is_kept_when_ticker_name_type_and_cost_are_null() -> None:
    bare = {"ticker_symbol": None, "name": None, "type": None, "is_cash_equivalent": None}
    (position,) = _holdings({"cost_basis": None}, bare).positions
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
    (position,) = to_holdings(answer.holdings, known, source="{}").positions
    assert (position.units, position.price, position.currency) == (None, None, None)
    assert position.instrument.id == "security-1"


def test_line_is_kept_under_its_id_when_its_security_is_unknown() -> None:
    (position,) = _portfolio([{"security_id": "security-9"}], [{}]).positions
    assert (position.instrument.id, position.instrument.kind) == ("security-9", "other")
    assert position.value == Decimal(3765)


def test_no_digit_is_lost_when_numbers_are_long() -> None:
    long = {"quantity": Decimal("0.12345678901234567"), "institution_price": Decimal("1.10")}
    (position,) = _holdings(long).positions
    assert (str(position.units), str(position.price)) == ("0.12345678901234567", "1.10")


@pytest.mark.parametrize(
    ("total", "quantity", "expected"),
    [
        ("3125.00", "12.5", "250"),
        ("1", "3", "0.3333333333"),
        ("-100", "-8", "12.5"),
        ("100", "0", None),
        ("0", "5", "0"),
        ("100", "0.000000000000000001", "100000000000000000000"),
        ("123456789012345678901", "1", "123456789012345678901"),
    ],
)
def test_cost_is_per_unit_when_plaid_gives_the_total(
    total: str, quantity: str, expected: str | None
) -> None:
    line = {"cost_basis": Decimal(total), "quantity": Decimal(quantity)}
    (position,) = _holdings(line).positions
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
    (position,) = _holdings({"tax_lots": lots}).positions
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


def test_cash_in_is_positive_when_plaid_counts_cash_out() -> None:
    bought, sold = _transaction(), _transaction(type="sell", amount=Decimal("-602.40"))
    assert (str(bought.amount), str(sold.amount)) == ("-602.40", "602.40")
    assert (bought.type, sold.type) == ("BUY", "SELL")
    assert (bought.happened_on, bought.units) == (date(2026, 11, 19), Decimal("2.0"))
    assert simplejson.loads(bought.source, use_decimal=True) == TRANSACTION


def test_transaction_is_kept_when_nearly_everything_of_it_is_missing() -> None:
    document = {"investment_transaction_id": "t", "date": "2026-11-19", "sparkle": 1}
    found = to_transaction(models.Transaction.model_validate(document), document, TICKERS)
    assert found is not None
    assert (found.type, found.amount, found.symbol, found.fee) == ("UNKNOWN", None, None, None)


def test_transaction_is_named_by_its_ticker_when_the_security_has_one() -> None:
    assert _transaction().symbol == "WIDE"
    assert _transaction(security_id="nobody-knows").symbol is None


def test_transaction_is_left_for_later_when_it_has_no_date_yet() -> None:
    assert _transaction(date=None) is None


@pytest.mark.parametrize(
    ("error", "is_disabled"),
    [
        (None, False),
        ({"error_code": "ITEM_LOGIN_REQUIRED", "error_type": "ITEM_ERROR"}, True),
        ({"error_code": "USER_PERMISSION_REVOKED", "error_type": "ITEM_ERROR"}, True),
        ({"error_code": "SOMETHING_NEW", "error_type": "ITEM_ERROR"}, True),
        ({"error_code": "INSTITUTION_DOWN", "error_type": "INSTITUTION_ERROR"}, False),
        ({"error_code": "PRODUCTS_NOT_SUPPORTED", "error_type": "ITEM_ERROR"}, False),
        ({}, False),
    ],
)
def test_item_is_disabled_only_when_its_user_must_help(error: Any, is_disabled: bool) -> None:
    report = _item(error)
    assert (report.is_disabled, report.data_mode) == (is_disabled, DataMode.DELAYED)
    assert report.institution == Institution("ins_1", "Acme Brokerage")
