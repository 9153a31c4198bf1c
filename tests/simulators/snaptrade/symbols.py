"""Currencies, exchanges and securities in the provider's reference shape."""

from decimal import Decimal

from tests.simulators.common.exact_json import Document
from tests.simulators.common.identifiers import fixed_id

_CURRENCY_NAMES = {"USD": "US Dollar", "CAD": "Canadian Dollar", "EUR": "Euro"}
# A kind without a code of its own goes by its name: what the provider says there is not known.
_TYPE_CODES = {
    "stock": "cs",
    "etf": "et",
    "adr": "ad",
    "mutualfund": "oef",
    "cef": "cef",
    "crypto": "crypto",
    "bond": "bnd",
}
# By market identifier code: short name, full name, time zone, suffix of the symbols.
_EXCHANGES = {
    "XNAS": ("NASDAQ", "Nasdaq", "America/New_York", None),
    "XNYS": ("NYSE", "New York Stock Exchange", "America/New_York", None),
    "ARCX": ("ARCA", "NYSE Arca", "America/New_York", None),
    "XTSE": ("TSX", "Toronto Stock Exchange", "America/Toronto", ".TO"),
}


def currency_document(code: str) -> Document:
    """Return the provider's object for a currency."""
    name = _CURRENCY_NAMES.get(code, code)
    return {"id": fixed_id("currency", code), "code": code, "name": name}


def exchange_document(mic_code: str | None) -> Document:
    """Return the provider's object for an exchange; one without a code is where coins trade."""
    named = mic_code or "CRYPTO"
    unknown = (named, named, "America/New_York", None)
    code, name, timezone, suffix = _EXCHANGES.get(named, unknown)
    return {
        "id": fixed_id("exchange", named),
        "code": code,
        "mic_code": mic_code,
        "name": name,
        "timezone": timezone,
        "start_time": "09:30:00",
        "close_time": "16:00:00",
        "suffix": suffix,
    }


def exchanges() -> list[Document]:
    """Return every exchange the provider lists."""
    return [exchange_document(mic_code) for mic_code in _EXCHANGES]


def symbol_document(instrument: Document) -> Document:
    """Return an instrument of any kind but options as a universal symbol."""
    return activity_symbol_document(instrument) | {
        "currencies": [currency_document(instrument.get("currency") or "USD")]
    }


def activity_symbol_document(instrument: Document) -> Document:
    """Return an instrument as activities name it."""
    kind = str(instrument.get("kind", "other"))
    figi = instrument.get("figi_instrument")
    symbol = str(instrument.get("symbol", ""))
    return {
        "id": instrument.get("id", fixed_id("instrument", symbol)),
        "symbol": symbol,
        "raw_symbol": instrument.get("raw_symbol", symbol),
        "description": instrument.get("description"),
        "currency": currency_document(instrument.get("currency") or "USD"),
        "exchange": exchange_document(instrument.get("exchange")),
        "type": _type_document(kind),
        "figi_code": figi["figi_code"] if figi else None,
        "figi_instrument": figi,
    }


def option_document(instrument: Document) -> Document:
    """Return an option contract in the older shape, its strike a JSON number."""
    underlying = symbol_document(instrument["underlying"])
    underlying["exchange"] |= {"allows_cryptocurrency_symbols": False}
    return {
        "id": instrument["id"],
        "ticker": instrument["symbol"],
        "option_type": instrument["option_type"],
        "strike_price": Decimal(instrument["strike_price"]),
        "expiration_date": instrument["expiration_date"],
        "is_mini_option": instrument["multiplier"] == "10",
        "underlying_symbol": underlying,
    }


def _type_document(kind: str) -> Document:
    code = _TYPE_CODES.get(kind, kind)
    return {
        "id": fixed_id("type", code),
        "code": code,
        "description": kind,
        "is_supported": True,
    }
