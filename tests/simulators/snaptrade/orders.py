"""Invented orders in the provider's shape, worked out from what an account holds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from tests.simulators.common.exact_json import Document
from tests.simulators.common.identifiers import fixed_id
from tests.simulators.snaptrade.answers import instant
from tests.simulators.snaptrade.models import Account
from tests.simulators.snaptrade.symbols import currency_document, option_document, symbol_document

_DAYS_APART = 3
_OPEN_STATUS, _DONE_STATUS = "ACCEPTED", "EXECUTED"


def orders_of(account: Account) -> list[Document]:
    """Return the orders of an account, the newest first; none before its first sync."""
    if not account.is_initialised or not account.has_transactions:
        return []
    return list(_orders(account))


def is_executed(order: Document) -> bool:
    """Tell whether an order is done."""
    return bool(order["status"] == _DONE_STATUS)


def _orders(account: Account) -> Iterator[Document]:
    lines = [line for line in account.opening_positions if _is_orderable(line)]
    if lines:
        yield _order(account, lines[0], account.as_of, number=0, is_done=account.revision > 0)
    for number, line in enumerate(lines, start=1):
        placed_at = account.created_at - timedelta(days=number * _DAYS_APART)
        yield _order(account, line, placed_at, number=number, is_done=True)


def _is_orderable(line: Document) -> bool:
    return bool(line["units"] and line["cost_basis"]) and not line.get("cash_equivalent")


def _order(
    account: Account, line: Document, placed_at: datetime, *, number: int, is_done: bool
) -> Document:
    units, price = abs(Decimal(line["units"])), line["cost_basis"]
    instrument = line["instrument"]
    is_option = instrument["kind"] == "option"
    done_at = instant(placed_at + timedelta(seconds=2)) if is_done else None
    zero = "0"
    return {
        "brokerage_order_id": fixed_id("order", account.id, str(number), str(account.revision)),
        "brokerage_group_order_id": None,
        "order_role": None,
        "status": _DONE_STATUS if is_done else _OPEN_STATUS,
        "symbol": instrument["id"],
        "universal_symbol": None if is_option else symbol_document(instrument),
        "option_symbol": option_document(instrument) if is_option else None,
        "quote_universal_symbol": None,
        "quote_currency": currency_document(line["currency"]),
        "action": "BUY" if Decimal(line["units"]) > 0 else "SELL",
        "total_quantity": format(units, "f"),
        "open_quantity": zero if is_done else format(units, "f"),
        "canceled_quantity": zero,
        "filled_quantity": format(units, "f") if is_done else zero,
        "execution_price": price if is_done else None,
        "limit_price": price,
        "stop_price": None,
        "trailing_stop": None,
        "order_type": "Limit",
        "time_in_force": "Day",
        "time_placed": instant(placed_at),
        "time_updated": done_at,
        "time_executed": done_at,
        "expiry_date": None,
        "child_brokerage_order_ids": None,
    }
