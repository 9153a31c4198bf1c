"""What a visit to the brokerage changes in prices and units."""

from decimal import Decimal, localcontext

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.instruments import number_in
from tests.simulators.snaptrade.models import Account
from tests.simulators.snaptrade.worth import PRECISION

_MOVES = (Decimal("1.013"), Decimal("0.991"), Decimal("1.004"), Decimal("0.978"))


def move_market(account: Account) -> None:
    """Change every other price, and the units of one position; the digits' count stays."""
    account.revision += 1
    with localcontext(prec=PRECISION):
        for index, line in enumerate(account.positions, start=account.revision):
            if index % 2 and not line.get("cash_equivalent"):
                _move_price(line, _MOVES[index % len(_MOVES)])
        _trade_one(account)


def _move_price(line: Document, factor: Decimal) -> None:
    price = number_in(line, "price")
    if price is None:
        return
    last_digit = Decimal((0, (1,), _exponent(price)))
    moved = (price * factor).quantize(last_digit)
    line["price"] = format(moved if moved != price else price + last_digit, "f")


def _trade_one(account: Account) -> None:
    traded = [line for line in account.positions if not line.get("cash_equivalent")]
    if not traded:
        return
    line = traded[account.revision % len(traded)]
    units = number_in(line, "units")
    if units is not None:
        # Away from zero, so that a short stays short and nothing closes by accident.
        line["units"] = format(units + (1 if units >= 0 else -1), "f")


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
