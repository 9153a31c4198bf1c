"""Plaid's usual documents, and what we read from them when something is different."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import simplejson

from freshet.adapters.exact_json import rendered
from freshet.adapters.plaid import models
from freshet.adapters.plaid.mapping import (
    to_account_report,
    to_connection_report,
    to_holdings,
    to_transaction,
)
from freshet.domain.connection_report import ConnectionReport
from freshet.domain.holdings import Holdings

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
TICKERS = {TRANSACTION["security_id"]: "WIDE"}


def _parsed(document: Any) -> Any:
    return simplejson.loads(simplejson.dumps(document, use_decimal=True), use_decimal=True)


def read_holdings(
    holding: dict[str, Any] | None = None, security: dict[str, Any] | None = None
) -> Holdings:
    """Read a portfolio of the usual line with some changes."""
    return read_portfolio([holding or {}], [security or {}])


def read_portfolio(holdings: list[dict[str, Any]], securities: list[dict[str, Any]]) -> Holdings:
    """Read a portfolio of lines and securities, each changed from the usual."""
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
    return to_holdings(
        answer.holdings, known, answer.accounts[0].balances, synced_at=SYNCED, source="{}"
    )


def read_account(**changes: Any) -> Any:
    """Read Plaid's usual account with some changes."""
    document = _parsed(ACCOUNT | changes)
    return to_account_report(
        models.Account.model_validate(document),
        rendered(document),
        synced_at=SYNCED,
        is_holding=False,
    )


def read_transaction(**changes: Any) -> Any:
    """Read Plaid's usual transaction with some changes."""
    document = _parsed(TRANSACTION | changes)
    return to_transaction(models.Transaction.model_validate(document), document, TICKERS)


def read_item(error: Any) -> ConnectionReport:
    """Read an Item that is in this error."""
    item = {
        "item_id": "item-1",
        "institution_id": "ins_1",
        "institution_name": "Acme Brokerage",
        "error": error,
    }
    return to_connection_report(models.ItemAnswer.model_validate({"item": item}))
