"""The retired shapes of holdings, with JSON numbers where today's have decimal strings."""

from decimal import Decimal, localcontext

from tests.simulators.common.exact_json import Document
from tests.simulators.common.identifiers import fixed_id
from tests.simulators.snaptrade.answers import (
    account_document,
    balances_document,
    connection_document,
)
from tests.simulators.snaptrade.instruments import number_in
from tests.simulators.snaptrade.knobs import Knobs
from tests.simulators.snaptrade.models import Account, Connection
from tests.simulators.snaptrade.orders import orders_of
from tests.simulators.snaptrade.symbols import currency_document, option_document, symbol_document
from tests.simulators.snaptrade.worth import PRECISION, total_value

_OF_THE_ACCOUNT = ("id", "name", "number", "institution_name", "sync_status", "meta")
_SUMMARY = ("id", "name", "number", "institution_account_id", "sync_status")
_CENT = Decimal("0.01")


def user_holdings_document(account: Account, connection: Connection, *, knobs: Knobs) -> Document:
    """Return one element of the user-wide list, with the whole connection inside the account.

    Nothing says how an account looked there before its first sync; we answer nulls.
    """
    old = account_document(account, connection, knobs=knobs)
    holder = {name: old[name] for name in _OF_THE_ACCOUNT}
    holder["brokerage_authorization"] = connection_document(connection, knobs=knobs)
    holder["portfolio_group"] = old["portfolio_group"]
    holdings = account_holdings_document(account, connection, knobs=knobs)
    if not account.is_initialised:
        holdings |= {"balances": None, "positions": None}
    return holdings | {"account": holder}


def account_holdings_document(
    account: Account, connection: Connection, *, knobs: Knobs
) -> Document:
    """Return everything about one account at once."""
    total = total_value(account) if account.is_initialised else None
    document = {
        "account": account_document(account, connection, knobs=knobs),
        "balances": balances_document(account),
        "positions": legacy_positions(account, knobs=knobs),
        "option_positions": legacy_options(account),
        "orders": orders_of(account),
        "total_value": {"value": total, "currency": account.currency},
    }
    return document | dict.fromkeys(knobs.retired_nulls)


def account_summary(account: Account, connection: Connection, *, knobs: Knobs) -> Document:
    """Return what the user-wide activities tell of their account."""
    document = account_document(account, connection, knobs=knobs)
    return {name: document[name] for name in _SUMMARY}


def legacy_positions(account: Account, *, knobs: Knobs) -> list[Document]:
    """Return the positions but options."""
    are_apart = knobs.fractional_units == "apart"
    return [
        _position(line, are_apart=are_apart) for line in _lines(account) if not _is_option(line)
    ]


def legacy_options(account: Account) -> list[Document]:
    """Return the option positions, their cost per contract and not per share."""
    return [_option_position(line) for line in _lines(account) if _is_option(line)]


def _lines(account: Account) -> list[Document]:
    return account.positions if account.is_initialised else []


def _is_option(line: Document) -> bool:
    return bool(line["instrument"].get("kind") == "option")


def _position(line: Document, *, are_apart: bool) -> Document:
    units, price = number_in(line, "units"), number_in(line, "price")
    cost = number_in(line, "cost_basis")
    is_whole = units is None or units == units.to_integral_value()
    symbol = symbol_document(line["instrument"])
    document = {
        "symbol": {
            "symbol": symbol,
            "id": fixed_id("brokerage symbol", symbol["id"]),
            # A future has none; here it must not be null.
            "description": symbol["description"] or symbol["symbol"],
            "local_id": symbol["raw_symbol"],
            "is_quotable": True,
            "is_tradable": True,
        },
        "units": units if is_whole or not are_apart else None,
        "price": price,
        "open_pnl": _open_profit(units, price, cost),
        "average_purchase_price": cost,
        "fractional_units": None if is_whole and are_apart else units,
        "currency": currency_document(line.get("currency") or "USD"),
        "cash_equivalent": line.get("cash_equivalent"),
    }
    if "tax_lots" in line:
        document["tax_lots"] = line["tax_lots"]
    return document


def _option_position(line: Document) -> Document:
    instrument, cost = line["instrument"], number_in(line, "cost_basis")
    per_contract = None if cost is None else cost * Decimal(instrument["multiplier"])
    return {
        "symbol": {
            "id": fixed_id("brokerage symbol", instrument["id"]),
            "description": instrument["description"],
            "option_symbol": option_document(instrument),
        },
        "price": number_in(line, "price"),
        "units": number_in(line, "units"),
        "average_purchase_price": per_contract,
        "currency": currency_document(line.get("currency") or "USD"),
    }


def _open_profit(
    units: Decimal | None, price: Decimal | None, cost: Decimal | None
) -> Decimal | None:
    if units is None or price is None or cost is None:
        return None
    with localcontext(prec=PRECISION):
        return ((price - cost) * units).quantize(_CENT)
