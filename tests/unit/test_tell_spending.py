"""How much of the month's budget is spent, as the planner reports it."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from freshet import observability
from freshet.domain.budgets import spent_percent
from freshet.domain.prices import PriceList
from freshet.domain.provider import Provider
from freshet.metric_kinds import Metric, Percentage
from freshet.metrics import BUDGET_SPENT_PERCENT
from freshet.services import tell_spending as telling
from freshet.services.tell_spending import TellSpendingDependencies, tell_spending
from tests.replacing import InPlaceOf
from tests.unit.stage import Stage

DEAR, CHEAP = PriceList(Decimal("0.12")), PriceList(Decimal("0.05"))


@pytest.mark.parametrize(
    ("spent", "budget", "cheapest", "percent"),
    [
        ("0", "10", "0.05", "0"),
        ("8", "10", "0.05", "80"),
        ("9.95", "10", "0.05", "99.5"),  # one more has room
        ("9.96", "10", "0.05", "100"),
        ("10", "10", "0.05", "100"),
        ("12", "10", "0.05", "120"),  # the budget was lowered since
        ("0", "0.04", "0.05", "100"),
        ("9.99", "10", "0", "99.9"),  # what costs nothing has room
        ("10", "10", "0", "100"),
    ],
)
def test_budget_is_spent_once_the_cheapest_refresh_has_no_room(
    spent: str, budget: str, cheapest: str, percent: str
) -> None:
    told = spent_percent(Decimal(spent), Decimal(budget), cheapest=Decimal(cheapest))
    assert told == Decimal(percent)


@pytest.mark.parametrize(
    ("budget", "prices", "percent"),
    [
        ("0.24", [DEAR], "50"),
        ("0.20", [DEAR], "100"),  # 0.08 is left, and the only provider wants 0.12
        ("0.20", [DEAR, CHEAP], "60"),
    ],
)
def test_share_of_this_month_is_told_with_the_prices_of_the_providers_that_are_named(
    budget: str, prices: Sequence[PriceList], percent: str
) -> None:
    stage = Stage(provider=Provider.PLAID)
    stage.press()  # for 0.12
    assert _told(stage, budget, prices) == [(BUDGET_SPENT_PERCENT, Decimal(percent))]


def test_month_that_begins_has_spent_nothing() -> None:
    stage = Stage(provider=Provider.PLAID)
    stage.press()
    stage.later(days=31)
    assert _told(stage, "10", [DEAR]) == [(BUDGET_SPENT_PERCENT, Decimal(0))]


def _told(stage: Stage, budget: str, prices: Sequence[PriceList]) -> list[tuple[Metric, Decimal]]:
    told: list[tuple[Metric, Decimal]] = []
    deps = TellSpendingDependencies(
        budgets=stage.budgets, monthly_budget=Decimal(budget), prices=prices, clock=stage.clock
    )

    def note(measured: Percentage, percent: Decimal) -> None:
        told.append((measured, percent))

    with InPlaceOf(observability.measure_percent, within=telling).holding(note):
        tell_spending(deps=deps)
    return told
