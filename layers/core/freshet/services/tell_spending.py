"""Tells how much of the month's budget is spent, once in each turn of the planner.

A reservation does not read what is spent, it demands room; so a turn's one read of one row is less
than a read for each purchase. It goes on where nothing is bought, and sees a month begin.
"""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from freshet import metrics
from freshet.domain.budgets import spent_percent
from freshet.domain.prices import PriceList
from freshet.observability import measure_percent
from freshet.ports import Budgets, Clock


class TellSpendingDependencies(Struct, frozen=True, kw_only=True):
    """What it needs from outside."""

    budgets: Budgets
    monthly_budget: Decimal
    prices: Sequence[PriceList]
    """Of the providers that the deployment names."""
    clock: Clock


def tell_spending(*, deps: TellSpendingDependencies) -> None:
    """Report the share of the deployment's budget as a metric."""
    now = deps.clock()
    spent = deps.budgets.of_deployment(now=now).spending.dollars
    cheapest = min(each.at(now).amount for each in deps.prices)
    percent = spent_percent(spent, deps.monthly_budget, cheapest=cheapest)
    measure_percent(metrics.BUDGET_SPENT_PERCENT, percent)
