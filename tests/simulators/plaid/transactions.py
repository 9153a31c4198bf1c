"""Invented investment transactions in the provider's shape."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.instruments import opaque_id, value_of
from tests.simulators.plaid.models import Account

_HISTORY_DAYS = 40


def history(account: Account, *, until: date) -> list[Document]:
    """Return what an account starts with, newest first."""
    first = until - timedelta(days=_HISTORY_DAYS)
    deposit = _transaction(account, first, ("cash", "deposit"), amount=Decimal("-5000.00"))
    purchases = [
        _purchase(account, held, first + timedelta(days=1 + index % 30), index)
        for index, held in enumerate(account.holdings)
        if held["quantity"]
    ]
    return sorted([*purchases, deposit], key=posted_on, reverse=True)


def dividend(account: Account, *, paid_on: date, revision: int) -> Document:
    """Return one new transaction, as a refresh would find it."""
    amount = Decimal("-0.37") - revision
    return _transaction(account, paid_on, ("cash", "dividend"), amount=amount, index=revision)


def posted_on(transaction: Document) -> str:
    """Return the day as text, which sorts and compares as dates do."""
    return str(transaction["date"])


def _purchase(account: Account, held: Document, day: date, index: int) -> Document:
    quantity, price = held["quantity"], held["institution_price"]
    kind = ("buy", "buy") if quantity > 0 else ("sell", "sell short")
    amount = value_of(quantity, price)
    entry = _transaction(account, day, kind, amount=amount, index=index)
    currency = {name: held[name] for name in ("iso_currency_code", "unofficial_currency_code")}
    return (
        entry
        | currency
        | {
            "security_id": held["security_id"],
            "quantity": quantity,
            "price": price,
        }
    )


def _transaction(
    account: Account, day: date, kind: tuple[str, str], *, amount: Decimal, index: int = 0
) -> dict[str, Any]:
    words = (account.id, day.isoformat(), *kind, str(index))
    return {
        "investment_transaction_id": opaque_id("transaction", *words),
        "account_id": account.id,
        "security_id": None,
        "date": day.isoformat(),
        "transaction_datetime": None,
        "name": kind[1].capitalize(),
        "quantity": 0,
        "amount": amount,
        "price": 0,
        "fees": None,
        "type": kind[0],
        "subtype": kind[1],
        "iso_currency_code": account.currency,
        "unofficial_currency_code": None,
    }
