"""Erasures, and the deleting itself, in memory."""

from collections.abc import Iterable, Sequence
from copy import replace
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

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
        held, listed = self.snapshots, self.transactions.rows.get(owner, {})
        erased = _take_out(held.rows, owner, most=most)
        erased += _take_out(held.kept, owner, most=most - erased)
        erased += _take_out(held.closed, owner, most=most - erased)
        erased += _take_out(held.recorded, owner, most=most - erased)
        erased += _take(listed, listed, most=most - erased)
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
        ][:most]
        for key in mine:
            del self.refreshes.rows[key]
        erased = len(mine)
        name = connection.provider, connection.link.provider_connection_id
        waiting = [key for key in self.inbox.waiting if key[:2] == name][: most - erased]
        for provider, connection_id, event_id in waiting:
            del self.inbox.waiting[provider, connection_id, event_id]
            self.inbox.rows.pop((provider, event_id), None)
        return erased + len(waiting)

    def disconnect(self, connection: Connection) -> None:
        key = connection.user_id, connection.id
        row = self.connections.rows.get(key)
        if row is None or row.version != connection.version:
            raise ConcurrentChange(connection.id)
        del self.connections.rows[key]

    def forget_provider_user(self, provider: Provider, subject: str) -> None:
        self.connections.users.pop((provider, subject), None)

    def erase_user(self, user_id: str, *, most: int) -> int:
        erased = _take_out(self.connections.rows, (user_id,), most=most)
        erased += _take_out(self.accounts.rows, (user_id,), most=most - erased)
        return erased + _take_out(self.refreshes.rows, (user_id,), most=most - erased)


def _take_out[K: tuple[object, ...], V](
    rows: dict[K, V], owner: tuple[str, ...], *, most: int
) -> int:
    mine = [key for key in rows if key[: len(owner)] == owner]
    return _take(rows, mine, most=most)


def _take[K, V](rows: dict[K, V], keys: Iterable[K], *, most: int) -> int:
    some = list(islice(keys, max(most, 0)))
    for key in some:
        del rows[key]
    return len(some)
