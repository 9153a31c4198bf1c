"""From Plaid's accounts, transactions and Items to ours: nothing dropped."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import simplejson

from freshet.adapters.plaid import models
from freshet.adapters.plaid.mapping import to_account_report, to_transaction
from freshet.domain.account import AccountStatus
from freshet.domain.connection_report import DataMode, Institution
from freshet.domain.money import Money
from tests.integration.plaid_documents import (
    ACCOUNT,
    SYNCED,
    TICKERS,
    TRANSACTION,
    read_account,
    read_item,
    read_transaction,
)


def test_account_is_read_whole_when_it_is_usual() -> None:
    report = read_account()
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
    report = read_account(type=kind)
    assert (report.kind, report.is_readable) == (expected, is_readable)


def test_account_is_kept_when_nearly_everything_of_it_is_missing() -> None:
    document = {"account_id": "account-1", "something_new": {"a": [1]}}
    report = to_account_report(
        models.Account.model_validate(document),
        simplejson.dumps(document),
        synced_at=None,
        is_holding=True,
    )
    assert (report.name, report.number, report.value, report.synced_at) == (None, None, None, None)
    assert simplejson.loads(report.source) == document


def test_value_is_unknown_when_it_has_no_currency() -> None:
    assert read_account(balances=ACCOUNT["balances"] | {"iso_currency_code": None}).value is None


def test_cash_in_is_positive_when_plaid_counts_cash_out() -> None:
    bought, sold = read_transaction(), read_transaction(type="sell", amount=Decimal("-602.40"))
    assert (str(bought.amount), str(sold.amount)) == ("-602.40", "602.40")
    assert (bought.type, sold.type) == ("BUY", "SELL")
    assert (bought.happened_on, bought.units) == (date(2026, 11, 19), Decimal("2.0"))
    assert (bought.provider_id, bought.group) == (TRANSACTION["investment_transaction_id"], None)
    assert simplejson.loads(bought.source, use_decimal=True) == TRANSACTION


def test_transaction_is_kept_when_nearly_everything_of_it_is_missing() -> None:
    document = {"investment_transaction_id": "t", "date": "2026-11-19", "sparkle": 1}
    found = to_transaction(models.Transaction.model_validate(document), document, TICKERS)
    assert found is not None
    assert (found.type, found.amount, found.symbol, found.fee) == ("UNKNOWN", None, None, None)


def test_transaction_is_named_by_its_ticker_when_the_security_has_one() -> None:
    assert read_transaction().symbol == "WIDE"
    assert read_transaction(security_id="nobody-knows").symbol is None


def test_transaction_is_left_for_later_when_it_has_no_date_yet() -> None:
    assert read_transaction(date=None) is None


@pytest.mark.parametrize(
    ("error", "is_disabled"),
    [
        (None, False),
        ({"error_code": "ITEM_LOGIN_REQUIRED", "error_type": "ITEM_ERROR"}, True),
        ({"error_code": "USER_PERMISSION_REVOKED", "error_type": "ITEM_ERROR"}, True),
        ({"error_code": "SOMETHING_NEW", "error_type": "ITEM_ERROR"}, False),
        ({"error_code": "INSTITUTION_DOWN", "error_type": "INSTITUTION_ERROR"}, False),
        ({"error_code": "PRODUCTS_NOT_SUPPORTED", "error_type": "ITEM_ERROR"}, False),
        ({}, False),
    ],
)
def test_item_is_disabled_only_when_its_user_must_help(error: Any, is_disabled: bool) -> None:
    report = read_item(error)
    assert (report.is_disabled, report.data_mode) == (is_disabled, DataMode.DELAYED)
    assert report.institution == Institution("ins_1", "Acme Brokerage")


@pytest.mark.parametrize(("served", "expected"), [("p-1", "p-1"), (None, None), ("", None)])
def test_persistent_id_is_the_institutions_own_when_there_is_one(
    served: Any, expected: str | None
) -> None:
    report = read_account(persistent_account_id=served)
    assert report.institution_account_id == expected
    assert read_account().institution_account_id is None
