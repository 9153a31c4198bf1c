"""Holdings that a test puts into an account, checked before anything changes."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.models import Account, Balance
from tests.simulators.snaptrade.world import World


class HoldingsRefused(ValueError):
    """The new holdings make no sense; the text names the field."""


def replace_holdings(world: World, account_id: str, changes: Any) -> Account:
    """Put other positions or balances in an account, with `advance` moving its dates.

    Raises NotFound or HoldingsRefused.
    """
    if not isinstance(changes, dict):
        raise HoldingsRefused("body: expected an object")
    account = world.account(account_id)
    positions = _rows(changes, "positions", _position)
    balances = _rows(changes, "balances", _balance)
    if positions is not None:
        account.positions = positions
    if balances is not None:
        account.balances = balances
    if changes.get("advance", True):
        account.as_of = account.synced_at = world.now()
    return account


def _rows[Row](
    changes: Document, name: str, read: Callable[[Document, str], Row]
) -> list[Row] | None:
    if changes.get(name) is None:
        return None
    if not isinstance(changes[name], list):
        raise HoldingsRefused(f"{name}: expected a list")
    return [
        read(_object(row, f"{name}[{n}]"), f"{name}[{n}]") for n, row in enumerate(changes[name])
    ]


def _position(line: Document, where: str) -> Document:
    # Anything else may be odd: to send odd positions is what this is for.
    _object(line.get("instrument"), f"{where}.instrument")
    return dict(line)


def _balance(row: Document, where: str) -> Balance:
    currency = row.get("currency")
    code = currency.get("code") if isinstance(currency, dict) else currency
    if not isinstance(code, str) or not code:
        raise HoldingsRefused(f"{where}.currency: expected a code or an object with one")
    return Balance(
        currency=code,
        cash=_amount(row.get("cash"), f"{where}.cash"),
        buying_power=_amount(row.get("buying_power"), f"{where}.buying_power"),
    )


def _amount(value: object, where: str) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise HoldingsRefused(f"{where}: expected a number, a decimal string or null")
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        raise HoldingsRefused(f"{where}: {value!r} is not a number") from error
    if not amount.is_finite():
        raise HoldingsRefused(f"{where}: {value!r} is not finite")
    return amount


def _object(value: object, where: str) -> Document:
    if not isinstance(value, dict):
        raise HoldingsRefused(f"{where}: expected an object")
    return value
