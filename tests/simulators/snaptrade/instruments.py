"""Invented instruments and positions in the provider's shape."""

import hashlib
from decimal import Decimal, InvalidOperation

from tests.simulators.common.exact_json import Document
from tests.simulators.common.identifiers import fixed_id

_KINDS_WITHOUT_FIGI = {"crypto", "bond", "other", "carbon_credit"}


def security(
    kind: str, symbol: str, description: str, *, currency: str = "USD", exchange: str = "XNAS"
) -> Document:
    """Return a security of any kind; crypto comes without an exchange, as documented."""
    document: Document = {
        "kind": kind,
        "id": fixed_id("instrument", symbol),
        "symbol": symbol,
        "raw_symbol": symbol.removesuffix(".TO"),
        "description": description,
        "currency": currency,
        "exchange": exchange,
        "figi_instrument": None if kind in _KINDS_WITHOUT_FIGI else _figi(symbol),
    }
    if kind == "crypto":
        del document["exchange"]
    return document


def option(
    underlying: Document, *, expires_on: str, right: str, strike: str, multiplier: str = "100"
) -> Document:
    """Return an option contract with its 21-character OCC symbol."""
    whole, _, fraction = strike.partition(".")
    thousandths = f"{int(whole + fraction.ljust(3, '0')):08d}"
    root = underlying["raw_symbol"]
    symbol = f"{root:<6}{expires_on[2:].replace('-', '')}{right[0]}{thousandths}"
    return {
        "kind": "option",
        "id": fixed_id("instrument", symbol),
        "symbol": symbol,
        "option_type": right,
        "strike_price": strike,
        "expiration_date": expires_on,
        "multiplier": multiplier,
        "description": f"{root} {expires_on} {strike} {right}",
        "underlying": underlying,
    }


def future(root: str, code: str, *, expires_on: str, multiplier: str) -> Document:
    """Return a future, which comes without a description, as documented."""
    return {
        "kind": "future",
        "id": fixed_id("instrument", root + code),
        "symbol": root + code,
        "root_symbol": root,
        "expiration_code": code,
        "expiration_date": expires_on,
        "multiplier": multiplier,
        "currency": "USD",
        "exchange": "XCME",
    }


def future_option(underlying: Document, *, right: str, strike: str) -> Document:
    """Return an option on a future; the provider documents the kind and not its members."""
    symbol = f"{underlying['symbol']} {right[0]}{strike}"
    return {
        "kind": "future_option",
        "id": fixed_id("instrument", symbol),
        "symbol": symbol,
        "option_type": right,
        "strike_price": strike,
        "expiration_date": underlying["expiration_date"],
        "multiplier": underlying["multiplier"],
        "currency": underlying["currency"],
        "underlying": underlying,
    }


def position(
    instrument: Document, units: str | None, price: str | None, cost_basis: str | None
) -> Document:
    """Return a position in the currency of its instrument."""
    currency = instrument.get("currency", "USD")
    numbers = {"units": units, "price": price, "cost_basis": cost_basis}
    return {"instrument": instrument, **numbers, "currency": currency}


def tax_lot(
    lot_id: str,
    bought_at: str,
    quantity: str,
    prices: tuple[str, str, str],
    *,
    position_type: str = "LONG",
) -> Document:
    """Return a tax lot; prices are per unit, of the lot when bought, of the lot today."""
    purchased_price, cost_basis, current_value = prices
    return {
        "original_purchase_date": bought_at,
        "quantity": quantity,
        "purchased_price": purchased_price,
        "cost_basis": cost_basis,
        "current_value": current_value,
        "position_type": position_type,
        "lot_id": lot_id,
    }


def number_in(line: Document, name: str) -> Decimal | None:
    """Return a number of a position or an instrument; None for anything that is no number."""
    # Control bodies may hold anything.
    try:
        number = Decimal(str(line.get(name)))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _figi(symbol: str) -> Document:
    return {
        "figi_code": f"BBG{_nine_characters('listing', symbol)}",
        "figi_share_class": f"BBG{_nine_characters('share class', symbol)}",
    }


def _nine_characters(*words: str) -> str:
    return hashlib.sha256("/".join(words).encode()).hexdigest()[:9].upper()
