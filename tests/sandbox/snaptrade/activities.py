"""Invented account activities in the provider's shape."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from tests.sandbox.simulation.exact_json import Document
from tests.sandbox.simulation.identifiers import fixed_id
from tests.sandbox.snaptrade.models import Account

_CURRENCY_NAMES = {"USD": "US Dollar", "CAD": "Canadian Dollar", "EUR": "Euro"}
_TYPE_CODES = {"stock": "cs", "etf": "et", "adr": "ad", "crypto": "crypto", "bond": "bnd"}
_HISTORY_DAYS = 40


def currency_document(code: str) -> Document:
    """Return the provider's object for a currency."""
    name = _CURRENCY_NAMES.get(code, code)
    return {"id": fixed_id("currency", code), "code": code, "name": name}


def history(account: Account, *, until: date, institution: str) -> list[Document]:
    """Return the activities an account starts with, the newest on the last day."""
    currency = account.currency
    deposit = _activity(account, "CONTRIBUTION", until - timedelta(days=_HISTORY_DAYS))
    deposit |= {"amount": Decimal("5000.00"), "currency": currency_document(currency)}
    interest = _activity(account, "INTEREST", until)
    interest |= {"amount": Decimal("1.07"), "currency": currency_document(currency)}
    bought = [
        _purchase(account, line, until - timedelta(days=_HISTORY_DAYS - 1 - index % 30))
        for index, line in enumerate(account.positions)
        if line["instrument"]["kind"] != "option" and line.get("cost_basis")
    ]
    entries = [deposit, *bought, interest]
    for entry in entries:
        entry["institution"] = institution
    return entries


def dividend(account: Account, *, paid_on: date, institution: str) -> Document:
    """Return one new activity, as a daily sync would find it."""
    entry = _activity(account, "DIVIDEND", paid_on)
    amount = Decimal("0.37") + len(account.activities)
    entry |= {"amount": amount, "currency": currency_document(account.currency)}
    return entry | {"institution": institution}


def traded_on(activity: Document) -> str:
    """Return the day of an activity as text, which sorts and compares as dates do."""
    return str(activity["trade_date"])[:10]


def _purchase(account: Account, line: Document, day: date) -> Document:
    units, price = Decimal(line["units"]), Decimal(line["cost_basis"])
    kind = "BUY" if units > 0 else "SELL"
    entry = _activity(account, kind, day, line["instrument"]["symbol"])
    return entry | {
        "symbol": _symbol(line["instrument"]),
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


def _symbol(instrument: Document) -> Document:
    code = _TYPE_CODES.get(instrument["kind"], "oef")
    figi = instrument["figi_instrument"]
    return {
        "id": instrument["id"],
        "symbol": instrument["symbol"],
        "raw_symbol": instrument["raw_symbol"],
        "description": instrument["description"],
        "currency": currency_document(instrument["currency"]),
        "exchange": {"id": fixed_id("exchange", code), "mic_code": instrument.get("exchange")},
        "type": {"id": fixed_id("type", code), "code": code, "description": instrument["kind"]},
        "figi_code": figi["figi_code"] if figi else None,
        "figi_instrument": figi,
    }


def _instant(day: date) -> str:
    return datetime.combine(day, time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
