"""What a user has spent, and for who operates the deployment, what everybody has."""

from datetime import datetime

from msgspec import Struct

from freshet.domain.budgets import DeploymentSpending, UserSpending
from freshet.ports import Budgets


class Usage(Struct, frozen=True, kw_only=True):
    """Spending of this UTC day and month; the deployment's only where it was asked for."""

    of_user: UserSpending
    of_deployment: DeploymentSpending | None


def usage_of(user_id: str, *, is_operator: bool, budgets: Budgets, now: datetime) -> Usage:
    """Read what is spent: one query, and one row more for an operator."""
    return Usage(
        of_user=budgets.of_user(user_id, now=now),
        of_deployment=budgets.of_deployment(now=now) if is_operator else None,
    )
