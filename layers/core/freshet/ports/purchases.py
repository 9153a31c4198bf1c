"""Refreshes and the money they cost."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from freshet.domain.budgets import DeploymentSpending, Spent, UserSpending
from freshet.domain.connection import Connection
from freshet.domain.ledger import Settled, Settlement
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.refresh import Refresh


class Refreshes(Protocol):
    """Refreshes with the money that belongs to them; every write is all or nothing."""

    def get(self, user_id: str, refresh_id: str) -> Refresh:
        """Read one, consistently; raises NotFound."""

    def some(self, user_id: str, refresh_ids: Collection[str]) -> Mapping[str, Refresh]:
        """Read several at once, consistently, by their ids; what is missing is left out."""

    def of_connection(self, user_id: str, connection_id: str) -> Sequence[Refresh]:
        """List a connection's refreshes of the last 90 days, newest first."""

    def is_stopped(self) -> bool:
        """Tell whether the operator's kill switch is on."""

    def open(self, refresh: Refresh) -> Refresh:
        """Put an unpaid one on record as its connection's open refresh of its kind.

        Raises ConcurrentChange where such a one is open already, or the link works no more.
        """

    def add(self, refresh: Refresh) -> Refresh:
        """Put one on record that has ended already; raises ConcurrentChange if it is there."""

    def reserve(
        self, refresh: Refresh, *, judged: Connection, policy: PurchasePolicy, now: datetime
    ) -> Refresh:
        """Reserve money in every budget and become the connection's open refresh, or do nothing.

        `judged` is the connection as it was checked. Raises BudgetExhausted and PurchasesStopped;
        raises ConcurrentChange where another refresh is open already, the link works no more, or
        the last purchase, the provider's pause or a suspicion is another one by now.
        """

    def book(self, refresh: Refresh) -> Refresh:
        """Store a call before it is made and its outcome after, with its line in the ledger.

        The budgets follow: a refused refresh gives its money back, a lost answer is counted as
        assumed. One that was never called has no line. Raises ConcurrentChange.
        """

    def settlements(self, refresh: Refresh) -> Sequence[Settlement]:
        """List the invoices that have settled a refresh; none where it was never called."""

    def settle(self, settled: Settled) -> Refresh:
        """Store what an invoice bills: its line, the refresh and the budgets at once.

        Raises ConcurrentChange.
        """

    def save(self, refresh: Refresh) -> Refresh:
        """Store progress that moves no money; raises ConcurrentChange."""


class Budgets(Protocol):
    """What is spent already, and the kill switch."""

    def of_user(self, user_id: str, *, now: datetime) -> UserSpending:
        """Read the user's day and month, and those of each of the user's connections."""

    def with_connections(
        self, user_id: str, *, now: datetime
    ) -> tuple[Sequence[Connection], UserSpending]:
        """List a user's connections, oldest first, with what `of_user` reads."""

    def of_connection(self, user_id: str, connection_id: str, *, now: datetime) -> Spent:
        """Read the three budgets of one connection's purchases, and the kill switch."""

    def of_deployment(self, *, now: datetime) -> DeploymentSpending:
        """Read everybody's month and the kill switch."""

    def stop_purchases(self, *, is_stopped: bool) -> None:
        """Turn the kill switch."""
