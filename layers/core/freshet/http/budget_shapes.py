"""The JSON shapes of money: what is spent, what is left, what a refresh would leave."""

from datetime import datetime
from decimal import Decimal

from freshet.domain.budgets import DeploymentSpending, Spending, day_ends, month_ends
from freshet.domain.instants import to_text
from freshet.domain.money import decimal_to_text
from freshet.domain.prices import CURRENCY
from freshet.domain.purchase import PurchasePolicy
from freshet.http.shapes import Shape, money_shape
from freshet.services.preview_refresh import Preview
from freshet.services.show_usage import Usage

_CENTS = Decimal("0.00")
_NOTHING = Decimal(0)


def usage_shape(usage: Usage, *, policy: PurchasePolicy, now: datetime) -> Shape:
    """Show a user's day and month, those of each connection, and an operator the deployment's."""
    spent, deployment = usage.of_user, usage.of_deployment
    per_connection = policy.connection_daily_refreshes
    return {
        "user": _spending_shape(spent.user, limit=policy.user_daily_refreshes, now=now),
        "connections": [
            {"connection_id": each, **_spending_shape(spending, limit=per_connection, now=now)}
            for each, spending in sorted(spent.connections.items())
        ],
        "deployment": _deployment_shape(deployment, policy, now) if deployment else None,
    }


def preview_shape(
    preview: Preview, *, policy: PurchasePolicy, now: datetime, is_operator: bool
) -> Shape:
    """Show what a refresh would do, cost and leave; the deployment's money to operators alone."""
    spent, connection_id = preview.spent, preview.connection_id
    of_connection = spent.of_user.of_connection(connection_id)
    of_everybody = spent.of_deployment.spending
    return {
        "connection_id": connection_id,
        "method": preview.method,
        "would_join": preview.joins,
        "cost": money_shape(preview.cost),
        "budgets_after": {
            "connection": _left_of_day(of_connection, policy.connection_daily_refreshes, now),
            "user": _left_of_day(spent.of_user.user, policy.user_daily_refreshes, now),
            "deployment": _left_of_month(of_everybody, policy, now) if is_operator else None,
        },
    }


def _spending_shape(spending: Spending, *, limit: int, now: datetime) -> Shape:
    return {
        "day": {
            "refreshes": spending.refreshes,
            "limit": limit,
            **_left_of_day(spending, limit, now),
        },
        "month": {"spent": _dollars(spending.dollars), "resets_at": to_text(month_ends(now))},
    }


def _deployment_shape(
    deployment: DeploymentSpending, policy: PurchasePolicy, now: datetime
) -> Shape:
    return {
        "month": {
            "spent": _dollars(deployment.spending.dollars),
            "budget": _dollars(policy.monthly_budget),
            **_left_of_month(deployment.spending, policy, now),
        },
        "purchases_stopped": deployment.is_stopped,
    }


def _left_of_day(spending: Spending, limit: int, now: datetime) -> Shape:
    # A limit may have been lowered below what is spent.
    return {"left": max(0, limit - spending.refreshes), "resets_at": to_text(day_ends(now))}


def _left_of_month(spending: Spending, policy: PurchasePolicy, now: datetime) -> Shape:
    left = max(_NOTHING, policy.monthly_budget - spending.dollars)
    return {"left": _dollars(left), "resets_at": to_text(month_ends(now))}


def _dollars(amount: Decimal) -> Shape:
    # DynamoDB drops trailing zeros; a sum of money has cents.
    return {"amount": decimal_to_text(amount + _CENTS), "currency": CURRENCY}
