"""Refreshes, their ledger and their budgets in memory."""

from collections.abc import Collection, Mapping, Sequence
from copy import replace
from datetime import datetime
from decimal import Decimal

from msgspec.structs import fields

from freshet.domain.budgets import Buckets, day_ends, month_ends
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ASLEEP
from freshet.domain.errors import BudgetExhausted, ConcurrentChange, NotFound, PurchasesStopped
from freshet.domain.ledger import BudgetChange, LedgerEntry, Settled, Settlement, counted
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.refresh import Refresh, RefreshStatus
from tests.fakes.connections import FakeConnections


class FakeRefreshes:
    """The port Refreshes in memory: reserving is all or nothing, every write checks the version."""

    def __init__(self, connections: FakeConnections) -> None:
        self._connections = connections
        self.rows: dict[tuple[str, str], Refresh] = {}
        self.ledger: dict[tuple[str, datetime, str], LedgerEntry] = {}
        self.settled: dict[tuple[str, str], list[Settlement]] = {}
        self.calls: dict[tuple[str, str], int] = {}
        self.spent: dict[tuple[str, str], Decimal] = {}
        self.months: dict[tuple[str, str], BudgetChange] = {}
        """What all steps together have added to a budget's month."""
        self.stopped = False

    def get(self, user_id: str, refresh_id: str) -> Refresh:
        try:
            return self.rows[user_id, refresh_id]
        except KeyError as error:
            raise NotFound(refresh_id) from error

    def some(self, user_id: str, refresh_ids: Collection[str]) -> Mapping[str, Refresh]:
        return {
            each: self.rows[user_id, each] for each in refresh_ids if (user_id, each) in self.rows
        }

    def of_connection(self, user_id: str, connection_id: str) -> Sequence[Refresh]:
        found = [
            row
            for (owner, _), row in self.rows.items()
            if owner == user_id and row.connection_id == connection_id
        ]
        return sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)

    def is_stopped(self) -> bool:
        return self.stopped

    def open(self, refresh: Refresh) -> Refresh:
        self._demand_free(refresh)
        self._become_open(refresh)
        self.rows[refresh.user_id, refresh.id] = refresh
        return refresh

    def add(self, refresh: Refresh) -> Refresh:
        if (refresh.user_id, refresh.id) in self.rows:
            raise ConcurrentChange(refresh.id)
        self.rows[refresh.user_id, refresh.id] = refresh
        return refresh

    def reserve(
        self, refresh: Refresh, *, judged: Connection, policy: PurchasePolicy, now: datetime
    ) -> Refresh:
        self._demand_free(refresh)
        self._demand_as_judged(judged)
        buckets = Buckets.at(now)
        self._demand_room(refresh, buckets, policy, now)
        reserved = replace(
            refresh, status=RefreshStatus.RESERVED, budget_buckets=(buckets.day, buckets.month)
        )
        self._follow(reserved, BudgetChange(calls=1, refreshes=1, spent=refresh.cost.amount))
        self._become_open(reserved)
        self.rows[refresh.user_id, refresh.id] = reserved
        return reserved

    def book(self, refresh: Refresh) -> Refresh:
        booked, change = counted(refresh)
        saved = self.save(booked)
        if refresh.started_at is not None:
            entry = LedgerEntry.of(refresh)
            self.ledger[entry.user_id, entry.called_at, entry.refresh_id] = entry
        self._follow(refresh, change)
        return saved

    def settlements(self, refresh: Refresh) -> Sequence[Settlement]:
        return tuple(self.settled.get((refresh.user_id, refresh.id), ()))

    def settle(self, settled: Settled) -> Refresh:
        saved = self.save(settled.refresh)
        self.settled.setdefault((saved.user_id, saved.id), []).append(settled.settlement)
        self._follow(saved, settled.change)
        return saved

    def save(self, refresh: Refresh) -> Refresh:
        if self.get(refresh.user_id, refresh.id).version != refresh.version:
            raise ConcurrentChange(refresh.id)
        saved = replace(refresh, version=refresh.version + 1)
        self.rows[refresh.user_id, refresh.id] = saved
        return saved

    def total(self) -> Decimal:
        """Add up the ledger."""
        return sum((entry.cost.amount for entry in self.ledger.values()), Decimal(0))

    def _demand_free(self, refresh: Refresh) -> None:
        connection = self._connections.get(refresh.user_id, refresh.connection_id)
        is_known = (refresh.user_id, refresh.id) in self.rows
        if (
            connection.slots.of(refresh.kind).refresh_id
            or connection.link.status in ASLEEP
            or is_known
        ):
            raise ConcurrentChange(refresh.id)

    def _demand_as_judged(self, judged: Connection) -> None:
        row = self._connections.get(judged.user_id, judged.id)
        is_paused = row.slots.holdings.not_before != judged.slots.holdings.not_before
        is_bought = row.purchases.last_purchase_at != judged.purchases.last_purchase_at
        if is_paused or is_bought or row.link.suspicion is not None:
            raise ConcurrentChange(judged.id)

    def _become_open(self, refresh: Refresh) -> None:
        owner = refresh.user_id, refresh.connection_id
        self._connections.change(*owner, lambda row: row.opening(refresh))

    def _demand_room(
        self, refresh: Refresh, buckets: Buckets, policy: PurchasePolicy, now: datetime
    ) -> None:
        connection, user, deployment = _scopes(refresh)
        spent = self.spent.get((deployment, buckets.month), Decimal(0))
        if self.stopped:
            raise PurchasesStopped
        if spent + refresh.cost.amount > policy.monthly_budget:
            raise BudgetExhausted("deployment", month_ends(now))
        if self.calls.get((connection, buckets.day), 0) >= policy.connection_daily_refreshes:
            raise BudgetExhausted("connection", day_ends(now))
        if self.calls.get((user, buckets.day), 0) >= policy.user_daily_refreshes:
            raise BudgetExhausted("user", day_ends(now))

    def _follow(self, refresh: Refresh, change: BudgetChange) -> None:
        if change == BudgetChange():
            return
        day, month = refresh.budget_buckets
        for scope in _scopes(refresh):
            self.calls[scope, day] = self.calls.get((scope, day), 0) + change.calls
            self.spent[scope, month] = self.spent.get((scope, month), Decimal(0)) + change.spent
            before = self.months.get((scope, month), BudgetChange())
            self.months[scope, month] = BudgetChange(
                **{
                    each.name: getattr(before, each.name) + getattr(change, each.name)
                    for each in fields(BudgetChange)
                }
            )


def _scopes(refresh: Refresh) -> tuple[str, str, str]:
    return f"connection {refresh.connection_id}", f"user {refresh.user_id}", "deployment"
