"""What is spent, in memory: a look at what FakeRefreshes keeps."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from freshet.domain.budgets import (
    Buckets,
    DeploymentSpending,
    Spending,
    Spent,
    Tally,
    UserSpending,
)
from freshet.domain.connection import Connection
from freshet.domain.ledger import BudgetChange
from tests.fakes.connections import FakeConnections
from tests.fakes.refreshes import FakeRefreshes


class FakeBudgets:
    """The port Budgets in memory."""

    def __init__(self, refreshes: FakeRefreshes, connections: FakeConnections) -> None:
        self._refreshes = refreshes
        self._connections = connections

    def of_user(self, user_id: str, *, now: datetime) -> UserSpending:
        ids = [row.id for row in self._connections.of_user(user_id)]
        return UserSpending(
            user=self._spending(f"user {user_id}", now),
            connections={each: self._spending(f"connection {each}", now) for each in ids},
        )

    def with_connections(
        self, user_id: str, *, now: datetime
    ) -> tuple[Sequence[Connection], UserSpending]:
        return self._connections.of_user(user_id), self.of_user(user_id, now=now)

    def of_connection(self, user_id: str, connection_id: str, *, now: datetime) -> Spent:
        return Spent(
            of_user=UserSpending(
                user=self._spending(f"user {user_id}", now),
                connections={connection_id: self._spending(f"connection {connection_id}", now)},
            ),
            of_deployment=self.of_deployment(now=now),
        )

    def of_deployment(self, *, now: datetime) -> DeploymentSpending:
        return DeploymentSpending(
            spending=self._spending("deployment", now), is_stopped=self._refreshes.stopped
        )

    def stop_purchases(self, *, is_stopped: bool) -> None:
        self._refreshes.stopped = is_stopped

    def _spending(self, scope: str, now: datetime) -> Spending:
        buckets = Buckets.at(now)
        month = self._refreshes.months.get((scope, buckets.month), BudgetChange())
        return Spending(
            self._refreshes.calls.get((scope, buckets.day), 0),
            self._refreshes.spent.get((scope, buckets.month), Decimal(0)),
            month.refreshes,
            assumed=Tally(month.assumed_refreshes, month.assumed),
            settled=Tally(month.settled_refreshes, month.settled),
        )
