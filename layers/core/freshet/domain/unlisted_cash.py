"""Cash that no line lists: counted where the provider's own figures prove it, never guessed."""

from copy import replace
from datetime import datetime
from decimal import Decimal

from freshet.domain.holdings import Balance, Holdings
from freshet.domain.positions import Numbers
from freshet.domain.reconciliation import agrees_as, reconcile


def with_unlisted_cash(holdings: Holdings, *, as_of: datetime) -> Holdings:
    """Add the available cash where the stated total is the sum of it and of every line.

    Nothing else may explain the difference: every line is readable and priced, and there is no
    debt, nothing unvested and no cash. What was proven before stays while it cannot be told, and
    goes where the figures of today disprove it.
    """
    plain = replace(holdings, balances=tuple(each for each in holdings.balances if each.is_listed))
    statement = holdings.statement
    if statement is None or statement.available is None or not _is_plain(plain):
        return holdings
    if statement.total is None or statement.currency is None:
        return holdings
    cash = Balance(
        currency=statement.currency, cash=statement.available, buying_power=None, is_listed=False
    )
    fuller = replace(plain, balances=(cash,))
    is_nearer = _difference(fuller, as_of) < _difference(plain, as_of)
    is_proven = statement.available > 0 and is_nearer and agrees_as(fuller, as_of=as_of)
    return fuller if is_proven else plain


def _difference(holdings: Holdings, as_of: datetime) -> Decimal:
    difference = reconcile(holdings, as_of=as_of).difference
    return Decimal("Infinity") if difference is None else difference.copy_abs()


def _is_plain(holdings: Holdings) -> bool:
    if holdings.balances or holdings.missing_parts or any(each.amount for each in holdings.debts):
        return False
    return all(
        each.numbers is Numbers.READ
        and each.value is not None
        and (each.value or not each.units)
        and not each.unvested_value
        and not each.cash_equivalent
        for each in holdings.positions
    )
