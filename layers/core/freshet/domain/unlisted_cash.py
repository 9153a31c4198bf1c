"""Cash that no line lists: counted where the provider's own figures prove it, never guessed."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from freshet.domain.holdings import Balance, Holdings
from freshet.domain.positions import Numbers
from freshet.domain.reconciliation import agrees_as


def with_unlisted_cash(holdings: Holdings, *, as_of: datetime) -> Holdings:
    """Add the available cash where the stated total is the sum of it and of every line.

    Nothing else may explain the difference: every line is readable and priced, and there is no
    debt, nothing unvested and no cash.
    """
    statement = holdings.statement
    if statement is None or not statement.available or statement.available < 0:
        return holdings
    if not _is_plain(holdings) or agrees_as(holdings, as_of=as_of):
        return holdings
    cash = Balance(
        currency=statement.currency, cash=statement.available, buying_power=None, is_listed=False
    )
    fuller = replace(holdings, balances=(cash,))
    return fuller if agrees_as(fuller, as_of=as_of) else holdings


def _is_plain(holdings: Holdings) -> bool:
    if holdings.balances or any(each.amount != Decimal(0) for each in holdings.debts):
        return False
    return not holdings.missing_parts and all(
        each.numbers is Numbers.READ
        and each.value is not None
        and not each.unvested_value
        and not each.cash_equivalent
        for each in holdings.positions
    )
