"""The budgets as values: what is bygone, what still fits."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.budgets import (
    Buckets,
    DeploymentSpending,
    Spending,
    Spent,
    UserSpending,
    bygone_days,
    bygone_months,
)
from freshet.domain.errors import BudgetExhausted
from freshet.domain.money import Money
from tests.builders import CONNECTION_ID, NOON, a_policy

PRICE = Money(Decimal("0.05"), "USD")
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


def _spent(**spending: Spending) -> Spent:
    nothing = Spending()
    return Spent(
        of_user=UserSpending(
            user=spending.get("user", nothing),
            connections={CONNECTION_ID: spending.get("connection", nothing)},
        ),
        of_deployment=DeploymentSpending(spending=spending.get("deployment", nothing)),
    )


@given(INSTANTS)
def test_today_and_yesterday_are_never_bygone_when_buckets_are_cleared(now: datetime) -> None:
    days = bygone_days(now)
    assert Buckets.at(now).day not in days
    assert Buckets.at(now - timedelta(days=1)).day not in days
    assert Buckets.at(now - timedelta(days=2)).day in days


@given(INSTANTS)
def test_months_before_the_last_are_bygone_when_buckets_are_cleared(now: datetime) -> None:
    number = now.year * 12 + now.month - 1
    named = [f"{(number - ago) // 12}-{(number - ago) % 12 + 1:02d}" for ago in (2, 3)]
    assert list(bygone_months(now)) == named


def _refusal(spent: Spent) -> BudgetExhausted | None:
    return spent.refusal_of(CONNECTION_ID, PRICE, policy=a_policy(), now=NOON)


@pytest.mark.parametrize(
    ("spending", "scope", "days"),
    [
        ({"connection": Spending(4)}, "connection", 0.5),
        ({"user": Spending(20)}, "user", 0.5),
        ({"deployment": Spending(0, Decimal("9.96"))}, "deployment", 10.5),
        ({"connection": Spending(9), "user": Spending(99)}, "connection", 0.5),
        ({"user": Spending(21), "deployment": Spending(0, Decimal(10))}, "deployment", 10.5),
    ],
)
def test_budget_that_is_longest_in_the_way_is_named_when_there_is_no_room(
    spending: dict[str, Any], scope: str, days: float
) -> None:
    refusal = _refusal(_spent(**spending))
    assert refusal is not None
    assert (refusal.scope, refusal.resets_at) == (scope, NOON + timedelta(days=days))


def test_last_refresh_fits_when_every_budget_is_just_wide_enough() -> None:
    spent = _spent(
        connection=Spending(3), user=Spending(19), deployment=Spending(0, Decimal("9.95"))
    )
    assert _refusal(spent) is None
    after = spent.plus(CONNECTION_ID, PRICE)
    assert after == _spent(
        connection=Spending(4, Decimal("0.05"), 1),
        user=Spending(20, Decimal("0.05"), 1),
        deployment=Spending(1, Decimal("10.00"), 1),
    )
    assert _refusal(after) is not None


def test_kill_switch_stays_as_it_is_when_a_refresh_is_added() -> None:
    stopped = DeploymentSpending(is_stopped=True)
    spent = Spent(of_user=UserSpending(), of_deployment=stopped).plus("con_new", PRICE)
    assert spent.of_deployment.is_stopped
    assert spent.of_user.of_connection("con_new") == Spending(1, Decimal("0.05"), 1)
    assert spent.of_user.of_connection("con_other") == Spending()
