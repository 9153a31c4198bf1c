"""What is spent, in ConnectionsTable: one row for each budget, its buckets named after their time.

Reserving and settling are parts of a refresh's own transactions; reading and the kill switch are
the port Budgets.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Item, Table
from freshet.domain.budgets import (
    Buckets,
    DeploymentSpending,
    Spending,
    UserSpending,
    bygone_days,
    bygone_months,
)
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.refresh import Refresh

SCOPES = ("connection", "user", "deployment")
"""The order in which budgets are judged, here and in `Spent.demand_room`."""
_NOT_STOPPED = " AND (attribute_not_exists(purchases_stopped) OR purchases_stopped = :off)"


class DynamoBudgets:
    """The port Budgets."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def of_user(self, user_id: str, *, now: datetime) -> UserSpending:
        """Read the user's day and month, and those of each of the user's connections."""
        buckets = Buckets.at(now)
        # Sort keys BUDGET, BUDGET#con_… and CONNECTION#con_… are neighbours: one query for all.
        rows = self._table.query_between(*keys.budgets_and_connections(user_id))
        spending = {str(row["SK"]): _spending(row, buckets) for row in rows}
        ids = {each.partition("#")[2] for each in spending if each.startswith("CONNECTION#")}
        return UserSpending(
            user=spending.get("BUDGET", Spending()),
            connections={each: spending.get(f"BUDGET#{each}", Spending()) for each in ids},
        )

    def of_deployment(self, *, now: datetime) -> DeploymentSpending:
        """Read everybody's month and the kill switch."""
        row = self._table.get(keys.deployment_budget()) or {}
        return DeploymentSpending(
            spending=_spending(row, Buckets.at(now)),
            is_stopped=bool(row.get("purchases_stopped")),
        )

    def stop_purchases(self, *, is_stopped: bool) -> None:
        """Turn the kill switch."""
        self._table.update(
            keys.deployment_budget(),
            "SET purchases_stopped = :stopped",
            {":stopped": is_stopped},
        )


def reserving(
    table: Table, refresh: Refresh, policy: PurchasePolicy, *, now: datetime
) -> list[dict[str, Any]]:
    """Describe what takes a refresh out of every budget, or fails where one has no room."""
    limits: dict[str, tuple[str, Decimal | int, Decimal | int]] = {
        "connection": ("#day", policy.connection_daily_refreshes, 1),
        "user": ("#day", policy.user_daily_refreshes, 1),
        "deployment": ("#month", policy.monthly_budget, refresh.cost.amount),
    }
    old = _bygone_names(now)
    return [
        table.updating(
            _key(scope, refresh),
            "SET #day = if_not_exists(#day, :zero) + :one, "
            "#month = if_not_exists(#month, :zero) + :amount "
            f"REMOVE {', '.join(old)}",
            {
                ":zero": 0,
                ":one": 1,
                ":amount": refresh.cost.amount,
                ":room": limits[scope][1] - limits[scope][2],
                **({":off": False} if scope == "deployment" else {}),
            },
            condition=_has_room(limits[scope][0]) + (_NOT_STOPPED if scope == "deployment" else ""),
            names=_bucket_names(*refresh.budget_buckets) | old,
        )
        for scope in SCOPES
    ]


def settling(table: Table, refresh: Refresh) -> list[dict[str, Any]]:
    """Describe what gives a refused refresh's money back to the buckets it came from."""
    if not refresh.budget_buckets:
        return []
    return [
        table.updating(
            _key(scope, refresh),
            # So late that the bucket is gone, nothing is left to give back to.
            "SET #day = if_not_exists(#day, :one) - :one, "
            "#month = if_not_exists(#month, :amount) - :amount",
            {":one": 1, ":amount": refresh.reserved.amount},
            names=_bucket_names(*refresh.budget_buckets),
        )
        for scope in SCOPES
    ]


def _key(scope: str, refresh: Refresh) -> dict[str, str]:
    if scope == "deployment":
        return keys.deployment_budget()
    if scope == "user":
        return keys.user_budget(refresh.user_id)
    return keys.connection_budget(refresh.user_id, refresh.connection_id)


def _has_room(name: str) -> str:
    # An absent bucket has room for one: a policy that could not hold a purchase does not exist
    # for calls, and a single price above the monthly budget is caught by the comparison with 0.
    return f"((attribute_not_exists({name}) AND :room >= :zero) OR {name} <= :room)"


def _bucket_names(day: str, month: str) -> dict[str, str]:
    return {"#day": f"calls_{day}", "#month": f"spent_{month}"}


def _bygone_names(now: datetime) -> dict[str, str]:
    # Taken out by a write that is made anyway: rows stay small without a request of their own.
    old = [f"calls_{day}" for day in bygone_days(now)]
    old += [f"spent_{month}" for month in bygone_months(now)]
    return {f"#old{place}": name for place, name in enumerate(old)}


def _spending(row: Item | Mapping[str, Any], buckets: Buckets) -> Spending:
    names = _bucket_names(buckets.day, buckets.month)
    calls, spent = row.get(names["#day"], 0), row.get(names["#month"], 0)
    return Spending(int(calls), Decimal(spent))
