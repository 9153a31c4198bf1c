"""Refreshes, budgets and the ledger in ConnectionsTable: where money is kept straight."""

from collections.abc import Collection, Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import Any

from freshet.adapters.dynamodb import due_shards, keys
from freshet.adapters.dynamodb.budgets import SCOPES, changing, reserving
from freshet.adapters.dynamodb.refresh_items import (
    ledger_to_item,
    refresh_from_item,
    refresh_to_item,
    settlement_from_item,
    settlement_to_item,
)
from freshet.adapters.dynamodb.table import Table, TransactionRefused
from freshet.domain.budgets import Buckets, day_ends, month_ends
from freshet.domain.connection import SAFETY_NET, Connection
from freshet.domain.connection_status import ASLEEP, ConnectionStatus
from freshet.domain.errors import BudgetExhausted, ConcurrentChange, NotFound, PurchasesStopped
from freshet.domain.identifiers import connection_id_of
from freshet.domain.instants import optional_to_text, to_text
from freshet.domain.ledger import LedgerEntry, Settled, Settlement, call_time, counted
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.refresh import Method, Refresh, RefreshStatus

_REFRESH_KEPT = timedelta(days=90)


class DynamoRefreshes:
    """The port Refreshes: every method writes all or nothing."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def get(self, user_id: str, refresh_id: str) -> Refresh:
        """Read one, consistently; raises NotFound."""
        connection_id = connection_id_of(refresh_id)
        if connection_id is None:
            raise NotFound(refresh_id)
        item = self._table.get(keys.refresh(user_id, connection_id, refresh_id))
        if item is None:
            raise NotFound(refresh_id)
        return refresh_from_item(item)

    def some(self, user_id: str, refresh_ids: Collection[str]) -> Mapping[str, Refresh]:
        """Read several at once, consistently, by their ids; what is missing is left out."""
        places = ((connection_id_of(each), each) for each in dict.fromkeys(refresh_ids))
        wanted = [keys.refresh(user_id, at, each) for at, each in places if at is not None]
        found = map(refresh_from_item, self._table.get_many(wanted))
        return {each.id: each for each in found}

    def of_connection(self, user_id: str, connection_id: str) -> Sequence[Refresh]:
        """List a connection's refreshes of the last 90 days, newest first."""
        prefix = keys.refresh(user_id, connection_id, "")
        # Ids do not sort by time; daily budgets keep the list short enough to sort here.
        found = [refresh_from_item(item) for item in self._table.query(prefix["PK"], prefix["SK"])]
        return sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)

    def is_stopped(self) -> bool:
        """Tell whether the operator's kill switch is on."""
        item = self._table.get(keys.deployment_budget())
        return bool(item and item.get("purchases_stopped"))

    def open(self, refresh: Refresh) -> Refresh:
        """Put an unpaid one on record as its connection's open refresh of its kind.

        Raises ConcurrentChange where such a one is open already, or the link works no more.
        """
        try:
            self._table.transact(self._first_put(refresh), self._becoming_open(refresh))
        except TransactionRefused as error:
            raise ConcurrentChange(refresh.id) from error
        return refresh

    def add(self, refresh: Refresh) -> Refresh:
        """Put one on record that has ended already; raises ConcurrentChange if it is there."""
        self._table.put(self._item(refresh), condition="attribute_not_exists(PK)")
        return refresh

    def reserve(
        self, refresh: Refresh, *, judged: Connection, policy: PurchasePolicy, now: datetime
    ) -> Refresh:
        """Reserve money in every budget and become the connection's open refresh, or do nothing.

        `judged` is the connection as it was checked. Raises BudgetExhausted and PurchasesStopped;
        raises ConcurrentChange where another refresh is open already, the link works no more, or
        the last purchase, the provider's pause or a suspicion is another one by now.
        """
        buckets = Buckets.at(now)
        reserved = replace(
            refresh,
            status=RefreshStatus.RESERVED,
            budget_buckets=(buckets.day, buckets.month),
        )
        try:
            self._table.transact(
                self._first_put(reserved),
                self._becoming_open(reserved, judged),
                *reserving(self._table, reserved, policy, now=now),
            )
        except TransactionRefused as error:
            raise self._as_refusal(error, policy, now) from error
        return reserved

    def book(self, refresh: Refresh) -> Refresh:
        """Store a call before it is made and its outcome after, with its line in the ledger.

        The budgets follow: a refused refresh gives its money back, a lost answer is counted as
        assumed. One that was never called has no line. Raises ConcurrentChange.
        """
        booked, change = counted(refresh)
        saved = replace(booked, version=refresh.version + 1)
        try:
            self._table.transact(
                self._table.putting(self._item(saved), **_unchanged_since(refresh)),
                *([self._booking(refresh)] if refresh.started_at else []),
                *changing(self._table, refresh, change),
            )
        except TransactionRefused as error:
            raise ConcurrentChange(refresh.id) from error
        return saved

    def settlements(self, refresh: Refresh) -> Sequence[Settlement]:
        """List the invoices that have settled a refresh; none where it was never called."""
        if refresh.started_at is None:
            return []
        line = keys.ledger(refresh.user_id, refresh.started_at, refresh.id)
        rows = self._table.query(line["PK"], line["SK"] + "#")
        return [settlement_from_item(row) for row in rows]

    def settle(self, settled: Settled) -> Refresh:
        """Store what an invoice bills: its line, the refresh and the budgets at once.

        Raises ConcurrentChange.
        """
        refresh, settlement = settled.refresh, settled.settlement
        saved = replace(refresh, version=refresh.version + 1)
        invoice, called_at = settlement.invoice, call_time(refresh)
        key = keys.ledger(refresh.user_id, called_at, refresh.id, settled_by=invoice)
        line = {**key, **settlement_to_item(settlement, refresh)}
        # A budget that was erased meanwhile does not come back.
        is_there = "attribute_exists(PK)"
        try:
            self._table.transact(
                self._table.putting(self._item(saved), **_unchanged_since(refresh)),
                self._table.putting(line, condition="attribute_not_exists(PK)"),
                *changing(self._table, refresh, settled.change, condition=is_there),
            )
        except TransactionRefused as error:
            raise ConcurrentChange(refresh.id) from error
        return saved

    def save(self, refresh: Refresh) -> Refresh:
        """Store progress that moves no money; raises ConcurrentChange."""
        saved = replace(refresh, version=refresh.version + 1)
        self._table.put(self._item(saved), **_unchanged_since(refresh))
        return saved

    def _as_refusal(
        self, error: TransactionRefused, policy: PurchasePolicy, now: datetime
    ) -> Exception:
        places = [place - 2 for place in error.failed]
        if any(place < 0 for place in places):
            return ConcurrentChange("another refresh is open, this one exists, or the link ended")
        full = [SCOPES[place] for place in places]
        if "deployment" not in full:
            return BudgetExhausted(full[0], day_ends(now))
        return (
            PurchasesStopped()
            if self.is_stopped()
            else BudgetExhausted("deployment", month_ends(now))
        )

    def _item(self, refresh: Refresh) -> dict[str, Any]:
        key = keys.refresh(refresh.user_id, refresh.connection_id, refresh.id)
        expires_at = refresh.created_at + _REFRESH_KEPT
        return {**key, **refresh_to_item(refresh), "expires_at": int(expires_at.timestamp())}

    def _first_put(self, refresh: Refresh) -> dict[str, Any]:
        return self._table.putting(self._item(refresh), condition="attribute_not_exists(PK)")

    def _becoming_open(self, refresh: Refresh, judged: Connection | None = None) -> dict[str, Any]:
        # What `Connection.opening` says; two requests for the same slot cannot both hold it, and
        # none that was judged by what is no longer so.
        unchanged, seen = _as_judged(judged) if judged else ("", {})
        linked = {f":{status}": str(status) for status in ConnectionStatus if status not in ASLEEP}
        live = ", last_live_read_at = :now" if refresh.method is Method.READ else ""
        return self._table.updating(
            keys.connection(refresh.user_id, refresh.connection_id),
            "SET #id = :id, #called = :called, #check_at = :soon, due_at = :soon, "
            "due_shard = :shard, version = version + :one" + live,
            {
                **({":now": to_text(refresh.created_at)} if live else {}),
                **linked,
                **seen,
                ":id": refresh.id,
                ":called": refresh.status is not RefreshStatus.RESERVED,
                ":soon": to_text(refresh.created_at + SAFETY_NET),
                ":shard": due_shards.awaited_shard(refresh.provider),
                ":one": 1,
            },
            condition=f"attribute_not_exists(#id) AND #status IN ({', '.join(linked)}){unchanged}",
            names={
                "#status": "status",
                "#id": f"{refresh.kind}_refresh_id",
                "#called": f"{refresh.kind}_is_called",
                "#check_at": f"{refresh.kind}_check_at",
            },
        )

    def _booking(self, refresh: Refresh) -> dict[str, Any]:
        entry = LedgerEntry.of(refresh)
        key = keys.ledger(entry.user_id, entry.called_at, entry.refresh_id)
        return self._table.putting({**key, **ledger_to_item(entry)})


def _as_judged(connection: Connection) -> tuple[str, dict[str, Any]]:
    """Demand that what decides on a purchase is as it was when it was checked."""
    times = {
        "last_purchase_at": connection.purchases.last_purchase_at,
        "holdings_not_before": connection.slots.holdings.not_before,
    }
    conditions = ["attribute_not_exists(suspicion)"]
    values = {}
    for name, at in times.items():
        conditions.append(f"attribute_not_exists({name})" if at is None else f"{name} = :{name}")
        values[f":{name}"] = optional_to_text(at)
    return "".join(f" AND {each}" for each in conditions), values


def _unchanged_since(refresh: Refresh) -> dict[str, Any]:
    return {"condition": "version = :expected", "values": {":expected": refresh.version}}
