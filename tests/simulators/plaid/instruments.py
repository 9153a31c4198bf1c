"""Invented securities and holdings in the provider's shape; every number is exact."""

import hashlib
from decimal import Decimal, localcontext
from typing import Any

from tests.simulators.common.exact_json import Document

# Wide enough that no product of two invented numbers is rounded.
PRECISION = 100
_CENT = Decimal("0.01")


def security(kind: str | None, symbol: str | None, name: str, **fields: Any) -> Document:
    """Return a security; fields replace the usual ones."""
    known = symbol or name
    document: Document = {
        "security_id": opaque_id("security", known),
        "isin": None,
        "cusip": None,
        "sedol": None,
        "figi": f"BBG{opaque_id('figi', known)[:9].upper()}" if kind == "equity" else None,
        "institution_security_id": None,
        "institution_id": None,
        "proxy_security_id": None,
        "name": name,
        "ticker_symbol": symbol,
        "is_cash_equivalent": False,
        "type": kind,
        "subtype": "common stock" if kind == "equity" else kind,
        "close_price": None,
        "close_price_as_of": None,
        "update_datetime": None,
        "iso_currency_code": "USD",
        "unofficial_currency_code": None,
        "market_identifier_code": "XNAS" if kind in {"equity", "etf"} else None,
        "sector": None,
        "industry": None,
        "cfi_code": "ESVUFR" if kind == "equity" else None,
        "option_contract": None,
        "fixed_income": None,
    }
    return document | fields


def option(underlying: str, *, right: str, expires_on: str, strike: str) -> Document:
    """Return an option contract."""
    symbol = f"{underlying}{expires_on[2:].replace('-', '')}{right[0].upper()}{strike}"
    contract = {
        "contract_type": right,
        "expiration_date": expires_on,
        "strike_price": Decimal(strike),
        "underlying_security_ticker": underlying,
    }
    name = f"{underlying} {expires_on} {strike} {right}"
    return security("derivative", symbol, name, subtype="option", option_contract=contract)


def dollars() -> Document:
    """Return the cash in dollars as the security it is listed as."""
    return security("cash", "CUR:USD", "U S Dollar", is_cash_equivalent=True, close_price=1)


def bond(name: str, *, percentage: str, matures_on: str, currency: str) -> Document:
    """Return a fixed-income security without a ticker."""
    terms = {
        "yield_rate": {"percentage": Decimal(percentage), "type": "coupon"},
        "maturity_date": matures_on,
        "issue_date": "2021-05-14",
        "face_value": 100,
    }
    fields = {"subtype": "bond", "iso_currency_code": currency, "fixed_income": terms}
    return security("fixed income", None, name, **fields)


def holding(
    held: Document, quantity: str, price: str, cost_basis: str | None, **fields: Any
) -> Document:
    """Return a holding without its account; its value is quantity times price in cents."""
    document: Document = {
        "security_id": held["security_id"],
        "quantity": Decimal(quantity),
        "institution_price": Decimal(price),
        "institution_price_as_of": None,
        "institution_price_datetime": None,
        "institution_value": value_of(Decimal(quantity), Decimal(price)),
        "cost_basis": None if cost_basis is None else Decimal(cost_basis),
        "iso_currency_code": held["iso_currency_code"],
        "unofficial_currency_code": held["unofficial_currency_code"],
        "vested_quantity": None,
        "vested_value": None,
        "tax_lots": [],
    }
    return document | fields


def tax_lot(
    lot_id: str | None,
    bought_at: str,
    quantity: str,
    prices: tuple[str, str],
    *,
    position_type: str = "LONG",
) -> Document:
    """Return a tax lot; prices are per unit, when bought and today."""
    bought, today = (Decimal(price) for price in prices)
    return {
        "institution_lot_id": lot_id,
        "original_purchase_datetime": bought_at,
        "quantity": Decimal(quantity),
        "purchase_price": bought,
        "cost_basis": value_of(Decimal(quantity), bought),
        "current_value": value_of(Decimal(quantity), today),
        "position_type": position_type,
    }


def value_of(quantity: Decimal, price: Decimal) -> Decimal:
    """Return a value in cents, or exactly where it is below a cent."""
    with localcontext(prec=PRECISION):
        exact = quantity * price
        rounded = exact.quantize(_CENT)
        return rounded if rounded or not exact else exact


def opaque_id(*words: str) -> str:
    """Return the id that always belongs to these words."""
    return hashlib.sha256("/".join(words).encode()).hexdigest()[:37]
