"""Invented account activities in the provider's shape."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from tests.simulators.common.exact_json import Document
from tests.simulators.common.identifiers import fixed_id
from tests.simulators.snaptrade.models import Account
from tests.simulators.snaptrade.symbols import activity_symbol_document, currency_document

_HISTORY_DAYS = 40
_CONTRACTS = {"option", "future", "future_option"}


def all_activities(account: Account, *, institution: str) -> list[Document]:
    """Return every activity of an account, the history first."""
    history = _history(account) if account.history_until and account.has_transactions else []
    for entry in history:
        entry["institution"] = institution
    return history + account.activities


def first_traded_on(account: Account) -> str | None:
    """Return the day of the oldest activity."""
    if account.history_until is None or not account.has_transactions:
        return min(map(traded_on, account.activities), default=None)
    return (account.history_until - timedelta(days=_HISTORY_DAYS)).isoformat()


def dividend(account: Account, *, paid_on: date, institution: str) -> Document:
    """Return one new activity, as a daily sync would find it."""
    entry = _activity(account, "DIVIDEND", paid_on)
    amount = Decimal("0.37") + len(account.activities)
    entry |= {"amount": amount, "currency": currency_document(account.currency)}
    return entry | {"institution": institution}


def fill(
    instrument: Document, traded_at: str, numbers: tuple[str, str, str], *, order: str
) -> Document:
    """Return one fill of an order of a sample: units, price and amount.

    All fills of an order share its reference.
    """
    units, price, amount = (Decimal(number) for number in numbers)
    return {
        "id": traded_at,
        "symbol": activity_symbol_document(instrument),
        "option_symbol": None,
        "currency_universal_symbol": None,
        "price": price,
        "units": units,
        "amount": amount,
        "currency": currency_document(instrument["currency"]),
        "type": "BUY" if units > 0 else "SELL",
        "option_type": "",
        "description": f"{instrument['description']} filled",
        "trade_date": traded_at,
        "settlement_date": f"{traded_at[:10]}T00:00:00Z",
        "fee": 0,
        "fx_rate": None,
        "external_reference_id": order,
    }


def traded_on(activity: Document) -> str:
    """Return the day of an activity as text, which sorts and compares as dates do."""
    return str(activity["trade_date"])[:10]


def _history(account: Account) -> list[Document]:
    until = account.history_until or account.created_at.date()
    currency = account.currency
    deposit = _activity(account, "CONTRIBUTION", until - timedelta(days=_HISTORY_DAYS))
    deposit |= {"amount": Decimal("5000.00"), "currency": currency_document(currency)}
    interest = _activity(account, "INTEREST", until)
    interest |= {"amount": Decimal("1.07"), "currency": currency_document(currency)}
    happened = [
        dict(entry) | {"id": fixed_id("activity", account.id, entry["id"])}
        for entry in account.opening_activities
    ]
    return [deposit, *(happened or _purchases(account, until)), interest]


def _purchases(account: Account, until: date) -> list[Document]:
    return [
        _purchase(account, line, until - timedelta(days=_HISTORY_DAYS - 1 - index % 30))
        for index, line in enumerate(account.opening_positions)
        if line["instrument"]["kind"] not in _CONTRACTS and line.get("cost_basis")
    ]


def _purchase(account: Account, line: Document, day: date) -> Document:
    units, price = Decimal(line["units"]), Decimal(line["cost_basis"])
    kind = "BUY" if units > 0 else "SELL"
    entry = _activity(account, kind, day, line["instrument"]["symbol"])
    return entry | {
        "symbol": activity_symbol_document(line["instrument"]),
        "units": units,
        "price": price,
        "amount": (-units * price).quantize(Decimal("0.01")),
        "currency": currency_document(line["currency"]),
        "description": f"{kind} {line['instrument']['description']}",
    }


def _activity(account: Account, kind: str, day: date, detail: str = "") -> Document:
    settled = day + timedelta(days=1)
    return {
        "id": fixed_id("activity", account.id, kind, day.isoformat(), detail),
        "symbol": None,
        "option_symbol": None,
        "currency_universal_symbol": None,
        "price": 0,
        "units": 0,
        "amount": None,
        "currency": None,
        "type": kind,
        "option_type": "",
        "description": kind.capitalize(),
        "trade_date": _instant(day),
        "settlement_date": _instant(settled),
        "fee": 0,
        "fx_rate": None,
        "external_reference_id": fixed_id("reference", account.id, kind, day.isoformat(), detail),
    }


def _instant(day: date) -> str:
    return datetime.combine(day, time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
