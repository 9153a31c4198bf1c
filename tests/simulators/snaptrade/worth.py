"""What an account is worth, as its brokerage works it out and states it."""

from decimal import Decimal, localcontext

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.instruments import number_in
from tests.simulators.snaptrade.models import Account

# Wide enough for any number a control body may hold.
PRECISION = 100
_ZERO, _CENT, _PERCENT = Decimal(0), Decimal("0.01"), Decimal("0.01")
# Contracts whose price is what they move, not what they are worth: gains are in the cash.
_WITHOUT_WORTH = {"future", "cfd"}


def total_value(account: Account) -> Decimal:
    """Return the stated total, or what is there in the account's own currency, less debt.

    The brokerage here does not convert: cash and lines in other currencies are left out.
    """
    if account.stated_total is not None:
        return account.stated_total
    with localcontext(prec=PRECISION):
        total = sum((_line_value(account, line) for line in account.positions), _ZERO)
        for entry in account.balances:
            if entry.currency == account.currency:
                total += entry.cash or _ZERO
        return total.quantize(_CENT)


def _line_value(account: Account, line: Document) -> Decimal:
    units, price = number_in(line, "units"), number_in(line, "price")
    instrument = line.get("instrument", {})
    is_counted = instrument.get("kind") not in _WITHOUT_WORTH and not (
        # The cash holds it already.
        line.get("cash_equivalent") and account.cash_has_equivalents
    )
    is_own_currency = (line.get("currency") or "USD") == account.currency
    if units is None or price is None or not is_counted or not is_own_currency:
        return _ZERO
    scale = _PERCENT if instrument.get("symbol") in account.priced_in_percent else Decimal(1)
    return units * price * scale * (number_in(instrument, "multiplier") or Decimal(1))
