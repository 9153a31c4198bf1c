"""Erasures, and the deleting itself, in memory."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from freshet.domain.connection import Connection
from freshet.domain.erasure import Erasure
from freshet.domain.errors import ConcurrentChange, NotFound
from freshet.domain.provider import Provider
from tests.fakes.accounts import FakeAccounts
from tests.fakes.connections import FakeConnections
from tests.fakes.inbox import FakeInbox
from tests.fakes.refreshes import FakeRefreshes
from tests.fakes.snapshots import FakeSnapshots
from tests.fakes.transactions import FakeTransactions


class FakeErasures:
    """The ports Erasures and DueErasures in memory."""

    def __init__(self, connections: FakeConnections) -> None:
        self._connections = connections
        self.rows: dict[tuple[str, str], Erasure] = {}

    def get(self, user_id: str, erasure_id: str) -> Erasure:
        try:
            return self.rows[user_id, erasure_id]
        except KeyError as error:
            raise NotFound(erasure_id) from error

    def begin(self, erasure: Erasure) -> Erasure:
        erasure_id = erasure.id
        if erasure.connection_id is None:
            erasure_id = self._connections.leaving.setdefault(erasure.user_id, erasure_id)
        return self.rows.setdefault((erasure.user_id, erasure_id), erasure)

    def save(self, erasure: Erasure) -> Erasure:
        if self.get(erasure.user_id, erasure.id).version != erasure.version:
            raise ConcurrentChange(erasure.id)
        if erasure.is_done and erasure.connection_id is None:
            self._connections.leaving.pop(erasure.user_id, None)
        name = None if erasure.is_done else erasure.credential_name
        saved = replace(erasure, version=erasure.version + 1, credential_name=name)
        self.rows[erasure.user_id, erasure.id] = saved
        return saved

    def confirm(self, user_id: str, erasure_id: str, *, at: datetime, now: datetime) -> None:
        row = self.rows.get((user_id, erasure_id))
        if row is not None and not row.is_done and row.confirmed_at is None:
            changed = replace(row, confirmed_at=at, due_at=now, version=row.version + 1)
            self.rows[user_id, erasure_id] = changed

    def due_erasures(self, *, now: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
        found = [
            (row.due_at, " ".join(place))
            for place, row in self.rows.items()
            if row.due_at is not None and row.due_at <= now
        ]
        return [(place, due_at) for due_at, place in sorted(found)[:limit]]

    def claim_erasure(
        self, place: str, *, due_at: datetime, lease_until: datetime
    ) -> Erasure | None:
        user_id, erasure_id = place.split(" ")
        row = self.get(user_id, erasure_id)
        if row.due_at != due_at:
            return None
        claimed = replace(row, due_at=lease_until, version=row.version + 1)
        self.rows[user_id, erasure_id] = claimed
        return claimed


@dataclass
class FakeEraser:
    """The port Eraser over the twins that keep what is to be erased."""

    connections: FakeConnections
    accounts: FakeAccounts
    refreshes: FakeRefreshes
    snapshots: FakeSnapshots
    transactions: FakeTransactions
    inbox: FakeInbox

    def erase_account(self, user_id: str, account_id: str, *, most: int) -> int:
        owner = (user_id, account_id)
        self.snapshots.erased.add(owner)
        self.transactions.erased.add(owner)
        held = self.snapshots
        erased = 0
        for rows in (held.rows, held.kept, held.closed, held.recorded):
            erased += _take_out(rows, owner, most=most - erased)
        erased += _take_some(self.transactions.rows.get(owner, {}), most=most - erased)
        erased += _take_out(self.transactions.revisions, owner, most=most - erased)
        if erased < most:
            self.transactions.rows.pop(owner, None)
            self.accounts.rows.pop(owner, None)
        return erased

    def erase_traces(self, connection: Connection, *, most: int) -> int:
        mine = [
            key
            for key, row in self.refreshes.rows.items()
            if (row.user_id, row.connection_id) == (connection.user_id, connection.id)
        ]
        for key in mine[:most]:
            del self.refreshes.rows[key]
        erased = len(mine[:most])
        name = connection.provider, connection.provider_connection_id
        waiting = [key for key in self.inbox.waiting if key[:2] == name]
        for key in waiting[: most - erased]:
            del self.inbox.waiting[key]
            self.inbox.rows.pop((key[0], key[2]), None)
        return erased + len(waiting[: most - erased])

    def disconnect(self, connection: Connection) -> None:
        key = connection.user_id, connection.id
        row = self.connections.rows.get(key)
        if row is None or row.version != connection.version:
            raise ConcurrentChange(connection.id)
        del self.connections.rows[key]

    def forget_provider_user(self, provider: Provider, subject: str) -> None:
        self.connections.users.pop((provider, subject), None)

    def erase_user(self, user_id: str, *, most: int) -> int:
        rows: list[MutableMapping[Any, Any]] = [
            self.connections.rows,
            self.accounts.rows,
            self.refreshes.rows,
        ]
        erased = 0
        for each in rows:
            mine = [key for key in each if key[0] == user_id][: most - erased]
            for key in mine:
                del each[key]
            erased += len(mine)
        return erased


def _take_out(rows: MutableMapping[Any, Any], owner: tuple[str, str], *, most: int) -> int:
    mine = [key for key in rows if key[:2] == owner][: max(most, 0)]
    for key in mine:
        del rows[key]
    return len(mine)


def _take_some(rows: MutableMapping[Any, Any], *, most: int) -> int:
    some = list(islice(rows, max(most, 0)))
    for key in some:
        del rows[key]
    return len(some)
