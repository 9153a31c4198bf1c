"""Cash that no line lists: counted where the provider's own figures prove it, never guessed."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from freshet.domain.holdings import Balance, Holdings
from freshet.domain.positions import Numbers
from freshet.domain.reconciliation import agrees_as, reconcile


def with_unlisted_cash(holdings: Holdings, before: Holdings | None, *, as_of: datetime) -> Holdings:
    """Add the available cash where the stated total is the sum of it and of every line.

    Nothing else may explain the difference: every line is readable and priced, and there is no
    debt, nothing unvested and no cash. Where the provider states too little to tell this time, the
    cash of before is kept.
    """
    statement = holdings.statement
    if not _is_plain(holdings):
        return holdings
    if statement is None or statement.total is None or statement.available is None:
        kept = [each for each in before.balances if not each.is_listed] if before else []
        lines = tuple(replace(each, numbers=Numbers.KEPT) for each in kept)
        return replace(holdings, balances=lines)
    if statement.available <= 0:
        return holdings
    cash = Balance(
        currency=statement.currency, cash=statement.available, buying_power=None, is_listed=False
    )
    fuller = replace(holdings, balances=(cash,))
    is_nearer = _difference(fuller, as_of) < _difference(holdings, as_of)
    return fuller if is_nearer and agrees_as(fuller, as_of=as_of) else holdings


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
