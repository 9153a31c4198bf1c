"""Connections, their owners' rows and the due index in ConnectionsTable."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.stored_forms import StoredForm
from freshet.adapters.dynamodb.table import Item, Table, TransactionRefused
from freshet.adapters.dynamodb.values import event_from_item, event_to_item
from freshet.domain.cadence import Cadence
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.connection import Connection
from freshet.domain.connection_report import DataMode, Institution
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import AlreadyOwned, ConcurrentChange, NotFound, UserLeaving
from freshet.domain.expiry import Expiry
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text
from freshet.domain.provider import Provider
from freshet.domain.refresh_slot import RefreshSlot
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
        reverse = keys.connection_owner(connection.provider, connection.provider_connection_id)
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
        """List a provider's (user id, connection id, due time): awaited ones, then the oldest."""
        shards = [keys.due_shard_name(provider, number) for number in range(DUE_SHARDS)]
        awaited, *others = (
            self._table.query_index("due", shard, until=to_text(now), limit=limit)
            for shard in (keys.awaited_shard(provider), *shards)
        )
        rest = sorted((item for shard in others for item in shard), key=_due_text)
        return [_due_entry(item) for item in (*awaited, *rest)[:limit]]

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
        return connection_from_item(item)

    def _replace(self, connection: Connection, *, expected_version: int) -> Connection:
        item = connection_to_item(connection) | {"version": expected_version + 1}
        self._table.put(
            item, condition="version = :expected", values={":expected": expected_version}
        )
        return connection_from_item(item)

    def _already_there(self, connection: Connection) -> Connection:
        owner = self.of_connection(connection.provider, connection.provider_connection_id)
        if owner is None or owner[0] != connection.user_id:
            raise AlreadyOwned(connection.provider)
        return self.get(*owner)


_IS_NEW = "attribute_not_exists(PK)"


def connection_to_item(connection: Connection) -> Item:
    """Give a connection the shape of its row; one that is not due leaves the index."""
    due_at = optional_to_text(connection.due_at)
    refresh_every = connection.cadence.refresh_every
    return {
        **keys.connection(connection.user_id, connection.id),
        "format": _FORM.newest,
        "id": connection.id,
        "user_id": connection.user_id,
        "provider": str(connection.provider),
        "provider_connection_id": connection.provider_connection_id,
        "credential_name": connection.credential_name,
        "institution_id": connection.institution.id,
        "institution_name": connection.institution.name,
        "status": str(connection.status),
        "status_reason": connection.status_reason,
        "status_read_at": optional_to_text(connection.status_read_at),
        "link_ends_at": optional_to_text(connection.expiry.ends_at),
        "repaired_at": optional_to_text(connection.expiry.repaired_at),
        "returned_at": optional_to_text(connection.expiry.returned_at),
        "paused": connection.paused,
        "data_mode": str(connection.data_mode),
        "source": connection.source,
        "read_every_seconds": _seconds(connection.cadence.read_every),
        "refresh_every_seconds": None if refresh_every is None else _seconds(refresh_every),
        "next_read_at": optional_to_text(connection.next_read_at),
        "due_at": due_at,
        "due_shard": _shard_of(connection) if due_at else None,
        "reading_until": optional_to_text(connection.reading_until),
        "failed_parts": {mark: list(parts) for mark, parts in connection.partial.items()},
        "marks": {mark: to_text(at) for mark, at in connection.marks.items()},
        **_slot_to_item(connection.slot),
        "last_live_read_at": optional_to_text(connection.last_live_read_at),
        "allowed_on": None if connection.allowed_on is None else str(connection.allowed_on),
        "consecutive_failures": connection.consecutive_failures,
        "calls_per_read_run": connection.calls_per_read_run,
        "announced": {account: to_text(at) for account, at in connection.announced.items()},
        "outbox": [event_to_item(event) for event in connection.outbox],
        "migrated_accounts": dict(connection.migrated_accounts),
        "successor": connection.successor,
        "migrated_at": optional_to_text(connection.migrated_at),
        "created_at": to_text(connection.created_at),
        "version": connection.version,
    }


def _slot_to_item(slot: RefreshSlot) -> Item:
    return {
        "open_refresh_id": slot.open_refresh_id,
        "open_refresh_called": slot.open_refresh_called,
        "refresh_reason": slot.refresh_reason,
        "last_purchase_at": optional_to_text(slot.last_purchase_at),
        "next_refresh_at": optional_to_text(slot.next_refresh_at),
        "refresh_refused_until": optional_to_text(slot.refresh_refused_until),
        "sync_refused_until": optional_to_text(slot.sync_refused_until),
    }


def _slot_from_item(item: Item) -> RefreshSlot:
    return RefreshSlot(
        open_refresh_id=item.get("open_refresh_id"),
        open_refresh_called=item["open_refresh_called"],
        refresh_reason=item.get("refresh_reason"),
        last_purchase_at=optional_from_text(item.get("last_purchase_at")),
        next_refresh_at=optional_from_text(item.get("next_refresh_at")),
        refresh_refused_until=optional_from_text(item.get("refresh_refused_until")),
        sync_refused_until=optional_from_text(item.get("sync_refused_until")),
    )


def connection_from_item(item: Item) -> Connection:
    """Read a connection from its row."""
    return _FORM.reader_of(item)(item)


def _from_format_1(item: Item) -> Connection:
    return Connection(
        id=item["id"],
        user_id=item["user_id"],
        provider=Provider(item["provider"]),
        provider_connection_id=item["provider_connection_id"],
        credential_name=item["credential_name"],
        institution=Institution(item.get("institution_id"), item.get("institution_name")),
        status=ConnectionStatus(item["status"]),
        status_reason=item.get("status_reason"),
        status_read_at=optional_from_text(item.get("status_read_at")),
        expiry=Expiry(
            optional_from_text(item.get("link_ends_at")),
            optional_from_text(item.get("repaired_at")),
            optional_from_text(item.get("returned_at")),
        ),
        paused=item["paused"],
        data_mode=DataMode(item["data_mode"]),
        source=item.get("source"),
        cadence=_cadence(item),
        next_read_at=optional_from_text(item.get("next_read_at")),
        due_at=optional_from_text(item.get("due_at")),
        reading_until=optional_from_text(item.get("reading_until")),
        partial={mark: tuple(parts) for mark, parts in item["failed_parts"].items()},
        marks={mark: from_text(at) for mark, at in item["marks"].items()},
        slot=_slot_from_item(item),
        last_live_read_at=optional_from_text(item.get("last_live_read_at")),
        allowed_on=date.fromisoformat(day) if (day := item.get("allowed_on")) else None,
        consecutive_failures=int(item["consecutive_failures"]),
        calls_per_read_run=None
        if (calls := item.get("calls_per_read_run")) is None
        else int(calls),
        announced={account: from_text(at) for account, at in item["announced"].items()},
        outbox=tuple(event_from_item(event) for event in item["outbox"]),
        migrated_accounts=item.get("migrated_accounts", {}),
        successor=item.get("successor"),
        migrated_at=optional_from_text(item.get("migrated_at")),
        created_at=from_text(item["created_at"]),
        version=int(item["version"]),
    )


_FORM = StoredForm("a connection", _from_format_1)


def _shard_of(connection: Connection) -> str:
    if connection.slot.open_refresh_id is not None:
        return keys.awaited_shard(connection.provider)
    return keys.due_shard(connection.provider, connection.id)


def _due_text(item: Item) -> str:
    return str(item["due_at"])


def _cadence(item: Item) -> Cadence:
    refresh_every: Any = item.get("refresh_every_seconds")
    return Cadence(
        read_every=timedelta(seconds=int(item["read_every_seconds"])),
        refresh_every=None if refresh_every is None else timedelta(seconds=int(refresh_every)),
    )


def _seconds(duration: timedelta) -> int:
    return duration // timedelta(seconds=1)


def _due_entry(item: Item) -> tuple[str, str, datetime]:
    user_id = str(item["PK"]).removeprefix("USER#")
    connection_id = str(item["SK"]).removeprefix(keys.CONNECTION_PREFIX)
    return user_id, connection_id, from_text(item["due_at"])
