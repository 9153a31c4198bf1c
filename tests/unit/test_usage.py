"""What a caller is shown of the money: today, this month, and when each begins anew."""

from copy import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from freshet.domain.budgets import DeploymentSpending, Spending, Spent, UserSpending
from freshet.domain.provider import Provider
from freshet.domain.refresh import Method
from freshet.http.shapes.usage import preview_shape, usage_shape
from freshet.services.preview_refresh import Preview
from freshet.services.show_usage import usage_of
from tests.builders import CONNECTION_ID, NOON, USER, a_policy
from tests.unit.stage import Stage

MIDNIGHT = "2026-11-21T00:00:00.000000Z"
DECEMBER = "2026-12-01T00:00:00.000000Z"
NOTHING = Spending()


def test_spending_is_shown_with_what_is_left_when_some_was_bought() -> None:
    stage = Stage(provider=Provider.PLAID)
    stage.press()
    usage = usage_of(USER, is_operator=True, budgets=stage.budgets, now=NOON)
    shown = usage_shape(usage, policy=stage.policy, now=NOON)
    none = {"refreshes": 0, "cost": {"amount": "0.00", "currency": "USD"}}
    month = {
        "spent": {"amount": "0.12", "currency": "USD"},
        "confirmed": {"refreshes": 1, "cost": {"amount": "0.12", "currency": "USD"}},
        "assumed": none,
        "settled": none,
        "resets_at": DECEMBER,
    }
    day = {"refreshes": 1, "limit": 20, "left": 19, "resets_at": MIDNIGHT}
    assert shown["user"] == {"day": day, "month": month}
    assert shown["connections"] == [
        {
            "connection_id": CONNECTION_ID,
            "day": day | {"limit": 4, "left": 3},
            "month": month,
        }
    ]
    assert shown["deployment"] == {
        "month": month
        | {
            "budget": {"amount": "10.00", "currency": "USD"},
            "left": {"amount": "9.88", "currency": "USD"},
        },
        "purchases_stopped": False,
    }


def test_refunded_purchase_is_not_counted_when_shown() -> None:
    stage = Stage(provider=Provider.PLAID)
    stage.press()
    stage.budgets.stop_purchases(is_stopped=True)
    stage.drain()
    usage = usage_of(USER, is_operator=True, budgets=stage.budgets, now=NOON)
    assert usage.of_user.user == NOTHING
    assert usage.of_deployment == DeploymentSpending(spending=NOTHING, is_stopped=True)


def test_deployments_money_is_not_read_when_the_caller_is_no_operator() -> None:
    usage = usage_of(USER, is_operator=False, budgets=Stage().budgets, now=NOON)
    assert usage.of_deployment is None
    assert usage_shape(usage, policy=a_policy(), now=NOON)["deployment"] is None


@pytest.mark.parametrize("is_operator", [True, False])
def test_preview_shows_the_deployments_money_when_the_caller_operates_it(
    is_operator: bool,
) -> None:
    deployment = DeploymentSpending(spending=Spending(1, Decimal("9.9")))
    spent = Spent(of_user=UserSpending(user=Spending(25)), of_deployment=deployment)
    preview = Preview(connection_id=CONNECTION_ID, method=Method.READ, spent=spent)
    shown = preview_shape(preview, policy=a_policy(), now=NOON, is_operator=is_operator)
    left = {"left": {"amount": "0.10", "currency": "USD"}, "resets_at": DECEMBER}
    assert shown["budgets_after"] == {
        "connection": {"left": 4, "resets_at": MIDNIGHT},
        "user": {"left": 0, "resets_at": MIDNIGHT},
        "deployment": left if is_operator else None,
    }
    assert (shown["method"], shown["would_join"], shown["cost"]["amount"]) == ("read", None, "0")


def test_money_has_no_exponent_when_the_table_gives_one_back() -> None:
    usage = usage_of(USER, is_operator=False, budgets=Stage().budgets, now=NOON)
    many = replace(usage, of_user=UserSpending(user=Spending(1, Decimal("1E+1"))))
    tomorrow = NOON + timedelta(days=1)
    shown = usage_shape(many, policy=a_policy(), now=tomorrow)
    assert shown["user"]["month"]["spent"]["amount"] == "10.00"
