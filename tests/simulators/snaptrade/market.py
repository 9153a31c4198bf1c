"""What a visit to the brokerage changes, and what an account is worth."""

from decimal import Decimal, InvalidOperation, localcontext

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.models import Account

_MOVES = (Decimal("1.013"), Decimal("0.991"), Decimal("1.004"), Decimal("0.978"))
_USD_PER_UNIT = {"USD": Decimal(1), "CAD": Decimal("0.73")}
_CENT = Decimal("0.01")
# Wide enough for any number a control body may hold.
_PRECISION = 100


def move_market(account: Account) -> None:
    """Change every other price, and the units of one position; the digits' count stays."""
    account.revision += 1
    with localcontext(prec=_PRECISION):
        for index, line in enumerate(account.positions, start=account.revision):
            if index % 2 and not line.get("cash_equivalent"):
                _move_price(line, _MOVES[index % len(_MOVES)])
        _trade_one(account)


def total_value(account: Account) -> Decimal | None:
    """Return the account's worth in its own currency, counting cash equivalents once."""
    if account.stated_total is not None:
        return account.stated_total
    with localcontext(prec=_PRECISION):
        usd = sum((_in_usd(entry.cash, entry.currency) for entry in account.balances), Decimal(0))
        usd += sum((_value_in_usd(line) for line in account.positions), Decimal(0))
        rate = _USD_PER_UNIT.get(account.currency, Decimal(1))
        return (usd / rate).quantize(_CENT)


def _move_price(line: Document, factor: Decimal) -> None:
    price = _number(line.get("price"))
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
    units = _number(line.get("units"))
    if units is not None:
        # Away from zero, so that a short stays short and nothing closes by accident.
        line["units"] = format(units + (1 if units >= 0 else -1), "f")


def _value_in_usd(line: Document) -> Decimal:
    units, price = _number(line.get("units")), _number(line.get("price"))
    if units is None or price is None or line.get("cash_equivalent"):
        return Decimal(0)
    multiplier = _number(line.get("instrument", {}).get("multiplier")) or Decimal(1)
    return _in_usd(units * price * multiplier, line.get("currency") or "USD")


def _in_usd(amount: Decimal | None, currency: str) -> Decimal:
    return (amount or Decimal(0)) * _USD_PER_UNIT.get(currency, Decimal(1))


def _number(text: object) -> Decimal | None:
    # Control bodies may hold anything; a position we cannot read just stays as it is.
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
