"""What is spent, in ConnectionsTable: one row for each budget, its buckets named after their time.

Reserving and the changes of later steps are parts of a refresh's own transactions; reading and the
kill switch are the port Budgets.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.connection_items import connection_from_item
from freshet.adapters.dynamodb.stored_forms import readable
from freshet.adapters.dynamodb.table import Item, Table
from freshet.domain.budgets import (
    Buckets,
    DeploymentSpending,
    Spending,
    Spent,
    Tally,
    UserSpending,
    bygone_days,
    bygone_months,
)
from freshet.domain.connection import Connection
from freshet.domain.ledger import BudgetChange
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.refresh import Refresh

SCOPES = ("connection", "user", "deployment")
"""The order in which budgets are judged, here and in `Spent.refusal_of`."""
_COUNTERS = {
    "calls": "calls",
    "refreshes": "bought",
    "spent": "spent",
    "assumed_refreshes": "assumed_count",
    "assumed": "assumed",
    "settled_refreshes": "settled_count",
    "settled": "settled",
}
"""The attribute of each counter, before the name of its day or month."""
_OF_MONTH = tuple(each for each in _COUNTERS.values() if each != "calls")
_NOT_STOPPED = " AND (attribute_not_exists(purchases_stopped) OR purchases_stopped = :off)"


class DynamoBudgets:
    """The port Budgets."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def of_user(self, user_id: str, *, now: datetime) -> UserSpending:
        """Read the user's day and month, and those of each of the user's connections."""
        return _user_spending(self._rows_of(user_id), now)

    def with_connections(
        self, user_id: str, *, now: datetime
    ) -> tuple[Sequence[Connection], UserSpending]:
        """List a user's connections, oldest first, with what `of_user` reads."""
        rows = list(self._rows_of(user_id))
        own = (row for row in rows if row["SK"].startswith(keys.CONNECTION_PREFIX))
        found = readable(connection_from_item, own)
        in_order = sorted(found, key=lambda each: (each.created_at, each.id))
        return in_order, _user_spending(rows, now)

    def of_connection(self, user_id: str, connection_id: str, *, now: datetime) -> Spent:
        """Read the three budgets of one connection's purchases, and the kill switch."""
        places = {
            "connection": keys.connection_budget(user_id, connection_id),
            "user": keys.user_budget(user_id),
            "deployment": keys.deployment_budget(),
        }
        found = {row["SK"]: row for row in self._table.get_many(places.values())}
        rows = {scope: found.get(place["SK"], {}) for scope, place in places.items()}
        spending = {scope: _spending(row, Buckets.at(now)) for scope, row in rows.items()}
        return Spent(
            of_user=UserSpending(
                user=spending["user"], connections={connection_id: spending["connection"]}
            ),
            of_deployment=DeploymentSpending(
                spending=spending["deployment"],
                is_stopped=bool(rows["deployment"].get("purchases_stopped")),
            ),
        )

    def of_deployment(self, *, now: datetime) -> DeploymentSpending:
        """Read everybody's month and the kill switch."""
        row = self._table.get(keys.deployment_budget()) or {}
        return DeploymentSpending(
            spending=_spending(row, Buckets.at(now)),
            is_stopped=bool(row.get("purchases_stopped")),
        )

    def _rows_of(self, user_id: str) -> Iterator[Item]:
        # Sort keys BUDGET, BUDGET#con_… and CONNECTION#con_… are neighbours: one query for all.
        return self._table.query_between(*keys.budgets_and_connections(user_id))

    def stop_purchases(self, *, is_stopped: bool) -> None:
        """Turn the kill switch."""
        self._table.update(
            keys.deployment_budget(),
            "SET purchases_stopped = :stopped",
            {":stopped": is_stopped},
        )


def _user_spending(rows: Iterable[Item], now: datetime) -> UserSpending:
    spending = {str(row["SK"]): _spending(row, Buckets.at(now)) for row in rows}
    ids = {each.partition("#")[2] for each in spending if each.startswith("CONNECTION#")}
    return UserSpending(
        user=spending.get("BUDGET", Spending()),
        connections={each: spending.get(f"BUDGET#{each}", Spending()) for each in ids},
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
            "#month = if_not_exists(#month, :zero) + :amount, "
            "#number = if_not_exists(#number, :zero) + :one "
            f"REMOVE {', '.join(old)}",
            {
                ":zero": 0,
                ":one": 1,
                ":amount": refresh.cost.amount,
                ":room": limits[scope][1] - limits[scope][2],
                **({":off": False} if scope == "deployment" else {}),
            },
            condition=_has_room(limits[scope][0]) + (_NOT_STOPPED if scope == "deployment" else ""),
            names=_reserved_names(*refresh.budget_buckets) | old,
        )
        for scope in SCOPES
    ]


def changing(
    table: Table, refresh: Refresh, change: BudgetChange, *, condition: str | None = None
) -> list[dict[str, Any]]:
    """Describe how every budget of a refresh follows a step; nothing where none changes."""
    if change == BudgetChange():
        return []
    day, month = refresh.budget_buckets
    places = {name: day if name == "calls" else month for name in _COUNTERS}
    steps = {name: getattr(change, name) for name in _COUNTERS if getattr(change, name)}
    # So late that the bucket is gone, nothing is left to take from.
    terms = [f"#{name} = if_not_exists(#{name}, :{name}_least) + :{name}" for name in steps]
    return [
        table.updating(
            _key(scope, refresh),
            f"SET {', '.join(terms)}",
            {f":{name}": step for name, step in steps.items()}
            | {f":{name}_least": max(0, -step) for name, step in steps.items()},
            condition=condition,
            names={f"#{name}": f"{_COUNTERS[name]}_{places[name]}" for name in steps},
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


def _reserved_names(day: str, month: str) -> dict[str, str]:
    return {"#day": f"calls_{day}", "#month": f"spent_{month}", "#number": f"bought_{month}"}


def _bygone_names(now: datetime) -> dict[str, str]:
    # Taken out by a write that is made anyway: rows stay small without a request of their own.
    old = [f"calls_{day}" for day in bygone_days(now)]
    old += [f"{each}_{month}" for each in _OF_MONTH for month in bygone_months(now)]
    return {f"#old{place}": name for place, name in enumerate(old)}


def _spending(row: Item | Mapping[str, Any], buckets: Buckets) -> Spending:
    def count(name: str) -> int:
        return int(row.get(f"{_COUNTERS[name]}_{buckets.month}", 0))

    def dollars(name: str) -> Decimal:
        return Decimal(row.get(f"{_COUNTERS[name]}_{buckets.month}", 0))

    return Spending(
        int(row.get(f"calls_{buckets.day}", 0)),
        dollars("spent"),
        count("refreshes"),
        assumed=Tally(count("assumed_refreshes"), dollars("assumed")),
        settled=Tally(count("settled_refreshes"), dollars("settled")),
    )
