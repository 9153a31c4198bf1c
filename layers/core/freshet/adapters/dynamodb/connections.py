"""Connections, their owners' rows and the due index in ConnectionsTable."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from freshet.adapters.dynamodb import due_shards, keys
from freshet.adapters.dynamodb.connection_items import connection_from_item, connection_to_item
from freshet.adapters.dynamodb.stored_forms import readable
from freshet.adapters.dynamodb.table import ConditionFailed, Item, Table, TransactionRefused
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.connection import Connection
from freshet.domain.connection_status import GONE
from freshet.domain.errors import AlreadyOwned, ConcurrentChange, NotFound, UserLeaving
from freshet.domain.instants import from_text, to_text
from freshet.domain.provider import Provider
from freshet.domain.read_schedule import READ_LEASE
from freshet.domain.schedule import DUE_SHARDS


class DynamoConnections:
    """The ports Connections, Owners and DueConnections on one table."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def get(self, user_id: str, connection_id: str) -> Connection:
        """Read one, consistently; raises NotFound."""
        item = self._table.get(keys.connection(user_id, connection_id))
        if item is None:
            raise NotFound(connection_id)
        return connection_from_item(item)

    def of_user(self, user_id: str) -> Sequence[Connection]:
        """List a user's connections, oldest first."""
        prefix = keys.connection(user_id, "")
        found = [
            connection_from_item(item) for item in self._table.query(prefix["PK"], prefix["SK"])
        ]
        return sorted(found, key=lambda connection: (connection.created_at, connection.id))

    def add(self, connection: Connection, *, provider_user_id: str | None) -> Connection:
        """Register one, or give back the one already there.

        Raises AlreadyOwned, UserLeaving, and NotFound where it was here once and was removed.
        """
        owner = {"user_id": connection.user_id, "connection_id": connection.id}
        reverse = keys.connection_owner(connection.provider, connection.link.provider_connection_id)
        writes = [
            self._table.checking(keys.leaving(connection.user_id), _IS_NEW),
            self._table.putting(connection_to_item(connection), condition=_IS_NEW),
            self._table.putting({**reverse, **owner}, condition=_IS_NEW),
        ]
        if provider_user_id is not None:
            user = keys.provider_user_owner(connection.provider, provider_user_id)
            writes.append(
                self._table.putting(
                    {**user, "user_id": connection.user_id},
                    condition=f"{_IS_NEW} OR user_id = :user",
                    values={":user": connection.user_id},
                )
            )
        try:
            self._table.transact(*writes)
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise UserLeaving(connection.user_id) from refused
            return self._already_there(connection)
        return connection

    def change(
        self,
        user_id: str,
        connection_id: str,
        step: Callable[[Connection], Connection],
        *,
        known: Connection | None = None,
    ) -> Connection:
        """Store what `step` makes of the current row; `step` may run again after a race.

        `known` spares a read where it is still the current row.
        """
        if known is not None and (changed := step(known)) != known:
            with suppress(ConcurrentChange):
                return self._replace(changed, expected_version=known.version)

        def attempt() -> Connection:
            current = self.get(user_id, connection_id)
            changed = step(current)
            if changed == current:
                return current
            return self._replace(changed, expected_version=current.version)

        return retry_lost_races(attempt, row=connection_id)

    def lease(
        self, user_id: str, connection_id: str, *, only_pending: bool, now: datetime
    ) -> Connection | None:
        """Take the reader's lease; None where another reader holds it, or the link has ended.

        With `only_pending`, None also where nothing is pending. Raises NotFound.
        """
        gone = {f":{status}": str(status) for status in GONE}
        pending: Item = {":nothing": {}} if only_pending else {}
        try:
            item = self._table.update(
                keys.connection(user_id, connection_id),
                "SET reading_until = :until, version = version + :one",
                {
                    ":until": to_text(now + READ_LEASE),
                    ":now": to_text(now),
                    ":one": 1,
                    **gone,
                    **pending,
                },
                condition="attribute_exists(PK) "
                "AND (attribute_not_exists(reading_until) OR reading_until <= :now) "
                f"AND NOT #status IN ({', '.join(gone)})"
                + (" AND pending_reads <> :nothing" if only_pending else ""),
                names={"#status": "status"},
            )
        except ConditionFailed as refused:
            if refused.current is None:
                raise NotFound(connection_id) from refused
            return None
        return connection_from_item(item)

    def of_connection(
        self, provider: Provider, provider_connection_id: str
    ) -> tuple[str, str] | None:
        """Give (user id, connection id), or None."""
        item = self._table.get(keys.connection_owner(provider, provider_connection_id))
        return None if item is None else (item["user_id"], item["connection_id"])

    def of_provider_user(self, provider: Provider, provider_user_id: str) -> str | None:
        """Give our id of a provider's user, or None."""
        item = self._table.get(keys.provider_user_owner(provider, provider_user_id))
        return None if item is None else str(item["user_id"])

    def due(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        """List a provider's (user id, connection id, due time): awaited ones, then by age.

        Those that were put off have a partition of their own, so that a long backlog of others does
        not hide how long they are overdue.
        """
        shards = [due_shards.due_shard_name(provider, number) for number in range(DUE_SHARDS)]
        first = (due_shards.awaited_shard(provider), due_shards.postponed_shard(provider))
        awaited, *others = (
            self._table.query_index("due", shard, until=to_text(now), limit=limit)
            for shard in (*first, *shards)
        )
        rest = sorted((item for shard in others for item in shard), key=_overdue_since)
        return [_due_entry(item) for item in (*awaited, *rest)[:limit]]

    def due_looks(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        """List (user id, connection id, due time) of broken links to look at, the oldest first."""
        shard = due_shards.look_shard(provider)
        found = self._table.query_index("due", shard, until=to_text(now), limit=limit)
        return [_due_entry(item) for item in found]

    def claim(
        self, user_id: str, connection_id: str, *, due_at: datetime, lease_until: datetime
    ) -> Connection | None:
        """Move the due time to the lease's end; None if another turn was faster."""
        try:
            item = self._table.update(
                keys.connection(user_id, connection_id),
                "SET due_at = :lease, version = version + :one",
                {":lease": to_text(lease_until), ":seen": to_text(due_at), ":one": 1},
                condition="due_at = :seen",
            )
        except ConcurrentChange:
            return None
        # One that cannot be read is left with its lease: it takes no turn down.
        return next(readable(connection_from_item, [item]), None)

    def give_back(
        self, user_id: str, connection_id: str, *, due_at: datetime, lease_until: datetime
    ) -> None:
        """Undo a claim that came to nothing, unless the connection has another time by now."""
        with suppress(ConcurrentChange):
            self._table.update(
                keys.connection(user_id, connection_id),
                "SET due_at = :due, version = version + :one",
                {":lease": to_text(lease_until), ":due": to_text(due_at), ":one": 1},
                condition="due_at = :lease",
            )

    def _replace(self, connection: Connection, *, expected_version: int) -> Connection:
        item = connection_to_item(connection) | {"version": expected_version + 1}
        self._table.put(
            item, condition="version = :expected", values={":expected": expected_version}
        )
        return connection_from_item(item)

    def _already_there(self, connection: Connection) -> Connection:
        owner = self.of_connection(connection.provider, connection.link.provider_connection_id)
        if owner is None or owner[0] != connection.user_id:
            raise AlreadyOwned(connection.provider)
        return self.get(*owner)


_IS_NEW = "attribute_not_exists(PK)"


def _overdue_since(item: Item) -> str:
    return str(item.get("overdue_since", item["due_at"]))


def _due_entry(item: Item) -> tuple[str, str, datetime]:
    user_id = str(item["PK"]).removeprefix("USER#")
    connection_id = str(item["SK"]).removeprefix(keys.CONNECTION_PREFIX)
    return user_id, connection_id, from_text(item["due_at"])
