"""The JSON shapes of money: what is spent, what is left, what a refresh would leave."""

from datetime import datetime
from decimal import Decimal

from freshet.domain.budgets import DeploymentSpending, Spending, Tally, day_ends, month_ends
from freshet.domain.instants import to_text
from freshet.domain.money import decimal_to_text
from freshet.domain.prices import CURRENCY
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.refresh import Method
from freshet.http.shapes.money import MoneyShape, money_shape
from freshet.http.shapes.problems import ProblemShape
from freshet.http.shapes.vocabulary import ConnectionId, Instant, RefreshId, Shape
from freshet.services.preview_refresh import Preview
from freshet.services.show_usage import Usage

_CENTS = Decimal("0.00")
_NOTHING = Decimal(0)


class RefreshesLeftShape(Shape):
    """How many refreshes may still be bought, and when it begins anew (UTC days)."""

    left: int
    resets_at: Instant


class MoneyLeftShape(Shape):
    """How much may still be spent, and when it begins anew (UTC months)."""

    left: MoneyShape
    resets_at: Instant


class DayOfRefreshesShape(RefreshesLeftShape):
    """What was bought today."""

    refreshes: int
    limit: int


class TallyShape(Shape):
    """So many refreshes at so much."""

    refreshes: int
    cost: MoneyShape


class MonthOfMoneyShape(Shape):
    """What was spent this month, and how sure that is: the three tallies add up to it."""

    spent: MoneyShape
    confirmed: TallyShape
    """The provider has answered, or newer data has proved the call; or it is under way just now."""
    assumed: TallyShape
    """The provider's answer was lost and nothing has proved the call: counted as billed."""
    settled: TallyShape
    """An operator has booked what the provider's invoice bills."""
    resets_at: Instant


class SpendingShape(Shape):
    """What was bought today and spent this month."""

    day: DayOfRefreshesShape
    month: MonthOfMoneyShape


class ConnectionSpendingShape(SpendingShape):
    """What was bought for one connection."""

    connection_id: ConnectionId


class MonthOfBudgetShape(MonthOfMoneyShape, MoneyLeftShape):
    """What all users together have spent this month, and what they may."""

    budget: MoneyShape


class DeploymentShape(Shape):
    """Everybody's spending; for operators alone."""

    month: MonthOfBudgetShape
    purchases_stopped: bool


class UsageShape(Shape):
    """What is spent and what is left."""

    user: SpendingShape
    connections: list[ConnectionSpendingShape]
    deployment: DeploymentShape | None


class BudgetsAfterShape(Shape):
    """What a refresh would leave."""

    connection: RefreshesLeftShape
    user: RefreshesLeftShape
    deployment: MoneyLeftShape | None


class PreviewShape(Shape):
    """What a refresh would do and cost: nothing has been asked for."""

    connection_id: ConnectionId
    method: Method
    would_join: RefreshId | None
    """The refresh that is under way already."""
    cost: MoneyShape
    budgets_after: BudgetsAfterShape


class PreviewedConnectionShape(Shape):
    """What a refresh of one of a user's connections would do, or why there would be none."""

    connection_id: ConnectionId
    preview: PreviewShape | None
    problem: ProblemShape | None


class PreviewedShape(Shape):
    """What refreshing all of a user's connections would do."""

    items: list[PreviewedConnectionShape]


def usage_shape(usage: Usage, *, policy: PurchasePolicy, now: datetime) -> UsageShape:
    """Show a user's day and month, those of each connection, and an operator the deployment's."""
    spent, deployment = usage.of_user, usage.of_deployment
    per_connection = policy.connection_daily_refreshes
    return {
        "user": _spending_shape(spent.user, limit=policy.user_daily_refreshes, now=now),
        "connections": [
            _of_connection(each, _spending_shape(spending, limit=per_connection, now=now))
            for each, spending in sorted(spent.connections.items())
        ],
        "deployment": _deployment_shape(deployment, policy, now) if deployment else None,
    }


def preview_shape(
    preview: Preview, *, policy: PurchasePolicy, now: datetime, is_operator: bool
) -> PreviewShape:
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


def _of_connection(connection_id: str, spending: SpendingShape) -> ConnectionSpendingShape:
    return {"connection_id": connection_id, **spending}


def _spending_shape(spending: Spending, *, limit: int, now: datetime) -> SpendingShape:
    return {
        "day": {
            "refreshes": spending.refreshes,
            "limit": limit,
            **_left_of_day(spending, limit, now),
        },
        "month": _month_shape(spending, now),
    }


def _month_shape(spending: Spending, now: datetime) -> MonthOfMoneyShape:
    return {
        "spent": _dollars(spending.dollars),
        "confirmed": _tally_shape(spending.confirmed),
        "assumed": _tally_shape(spending.assumed),
        "settled": _tally_shape(spending.settled),
        "resets_at": to_text(month_ends(now)),
    }


def _tally_shape(tally: Tally) -> TallyShape:
    return {"refreshes": tally.refreshes, "cost": _dollars(tally.dollars)}


def _deployment_shape(
    deployment: DeploymentSpending, policy: PurchasePolicy, now: datetime
) -> DeploymentShape:
    return {
        "month": {
            **_month_shape(deployment.spending, now),
            "budget": _dollars(policy.monthly_budget),
            **_left_of_month(deployment.spending, policy, now),
        },
        "purchases_stopped": deployment.is_stopped,
    }


def _left_of_day(spending: Spending, limit: int, now: datetime) -> RefreshesLeftShape:
    # A limit may have been lowered below what is spent.
    return {"left": max(0, limit - spending.refreshes), "resets_at": to_text(day_ends(now))}


def _left_of_month(spending: Spending, policy: PurchasePolicy, now: datetime) -> MoneyLeftShape:
    left = max(_NOTHING, policy.monthly_budget - spending.dollars)
    return {"left": _dollars(left), "resets_at": to_text(month_ends(now))}


def _dollars(amount: Decimal) -> MoneyShape:
    # DynamoDB drops trailing zeros; a sum of money has cents.
    return {"amount": decimal_to_text(amount + _CENTS), "currency": CURRENCY}
