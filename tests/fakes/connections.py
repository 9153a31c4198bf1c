"""Connections, their owners and their turns in memory."""

from collections.abc import Callable, Sequence
from copy import replace
from datetime import datetime

from freshet.domain.connection import Connection
from freshet.domain.connection_status import BROKEN, GONE
from freshet.domain.errors import AlreadyOwned, NotFound, UserLeaving
from freshet.domain.provider import Provider


class FakeConnections:
    """The ports Connections, Owners and DueConnections in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Connection] = {}
        self.owners: dict[tuple[Provider, str], tuple[str, str]] = {}
        self.users: dict[tuple[Provider, str], str] = {}
        self.leaving: dict[str, str] = {}

    def get(self, user_id: str, connection_id: str) -> Connection:
        try:
            return self.rows[user_id, connection_id]
        except KeyError as error:
            raise NotFound(connection_id) from error

    def of_user(self, user_id: str) -> Sequence[Connection]:
        found = [row for (owner, _), row in self.rows.items() if owner == user_id]
        return sorted(found, key=lambda row: (row.created_at, row.id))

    def add(self, connection: Connection, *, provider_user_id: str | None) -> Connection:
        if connection.user_id in self.leaving:
            raise UserLeaving(connection.user_id)
        key = connection.provider, connection.link.provider_connection_id
        owner = self.owners.get(key)
        if owner is not None and owner[0] == connection.user_id:
            return self.get(*owner)  # not found where it was removed
        user = self.users.get((connection.provider, str(provider_user_id)), connection.user_id)
        if owner is not None or user != connection.user_id:
            raise AlreadyOwned(connection.provider)
        if provider_user_id is not None:
            self.users[connection.provider, provider_user_id] = connection.user_id
        self.owners[key] = connection.user_id, connection.id
        return self.rows.setdefault(self.owners[key], connection)

    def of_provider_user(self, provider: Provider, provider_user_id: str) -> str | None:
        return self.users.get((provider, provider_user_id))

    def change(
        self,
        user_id: str,
        connection_id: str,
        step: Callable[[Connection], Connection],
        *,
        known: Connection | None = None,
    ) -> Connection:
        if known is not None:
            # Whoever relies on it must bear a step that runs twice.
            step(known)
        current = self.get(user_id, connection_id)
        changed = step(current)
        if changed != current:
            changed = replace(changed, version=current.version + 1)
            self.rows[user_id, connection_id] = changed
        return changed

    def lease(
        self, user_id: str, connection_id: str, *, only_pending: bool, now: datetime
    ) -> Connection | None:
        current = self.get(user_id, connection_id)
        is_idle = only_pending and not current.pending
        is_gone = current.link.status in GONE
        if is_idle or is_gone or current.schedule.is_being_read(now=now):
            return None
        return self.change(
            user_id,
            connection_id,
            lambda row: replace(row, schedule=row.schedule.started(now=now)),
        )

    def of_connection(
        self, provider: Provider, provider_connection_id: str
    ) -> tuple[str, str] | None:
        return self.owners.get((provider, provider_connection_id))

    def due(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        found = [
            (
                not row.slots.open_ids,
                row.schedule.overdue_since or row.due_at,
                row.due_at,
                row.user_id,
                row.id,
            )
            for row in self.rows.values()
            if row.provider is provider and row.due_at is not None and row.due_at <= now
            if not _is_look(row)
        ]
        return [(user, each, due_at) for *_, due_at, user, each in sorted(found)[:limit]]

    def due_looks(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        found = [
            (row.due_at, row.user_id, row.id)
            for row in self.rows.values()
            if row.provider is provider and row.due_at is not None and row.due_at <= now
            if _is_look(row)
        ]
        return [(user, each, due_at) for due_at, user, each in sorted(found)[:limit]]

    def claim(
        self, user_id: str, connection_id: str, *, due_at: datetime, lease_until: datetime
    ) -> Connection | None:
        if self.get(user_id, connection_id).due_at != due_at:
            return None
        return self.change(user_id, connection_id, lambda row: replace(row, due_at=lease_until))

    def give_back(
        self, user_id: str, connection_id: str, *, due_at: datetime, lease_until: datetime
    ) -> None:
        if self.get(user_id, connection_id).due_at == lease_until:
            self.change(user_id, connection_id, lambda row: replace(row, due_at=due_at))


def _overdue_since(row: Connection) -> datetime | None:
    return row.schedule.overdue_since or row.due_at


def _is_look(row: Connection) -> bool:
    is_awaited = bool(row.slots.open_ids) or row.pending.has_news
    return row.link.status in BROKEN and not is_awaited
