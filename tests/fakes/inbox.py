"""The inbox of webhooks in memory."""

from collections.abc import Sequence
from copy import replace
from datetime import datetime

from freshet.domain.connection import SAFETY_NET
from freshet.domain.errors import NotFound
from freshet.domain.pending_reads import pending_read_of
from freshet.domain.provider import Provider
from freshet.domain.webhooks import LeftOfEvent, WebhookEvent
from tests.fakes.connections import FakeConnections

Owner = tuple[str, str]


class FakeInbox:
    """The port Inbox in memory: the claim and the mark are one step."""

    def __init__(self, connections: FakeConnections) -> None:
        self._connections = connections
        self.rows: dict[tuple[Provider, str], tuple[WebhookEvent, Owner | None]] = {}
        self.waiting: dict[tuple[Provider, str, str], WebhookEvent] = {}

    def claim(self, event: WebhookEvent, *, owner: Owner | None, marked_at: datetime) -> bool:
        if (event.provider, event.id) in self.rows:
            return False
        if owner is not None and pending_read_of(event) and owner not in self._connections.rows:
            self.rows[event.provider, event.id] = event, None  # erased meanwhile: kept alone
            return True
        self.rows[event.provider, event.id] = event, owner
        if owner is None and event.provider_connection_id is not None:
            self.waiting[event.provider, event.provider_connection_id, event.id] = event
        if owner is not None:
            self.mark(event, owner=owner, marked_at=marked_at)
        return True

    def left_of(self, event: WebhookEvent, *, owner: Owner) -> LeftOfEvent:
        key = event.provider, str(event.provider_connection_id), event.id
        connection = self._connections.rows.get(owner)
        return LeftOfEvent(
            is_parked=key in self.waiting,
            is_read_owed=connection is not None and bool(connection.pending),
        )

    def find(self, provider: Provider, event_id: str) -> tuple[WebhookEvent, Owner | None]:
        try:
            return self.rows[provider, event_id]
        except KeyError as error:
            raise NotFound(event_id) from error

    def parked(
        self, provider: Provider, provider_connection_id: str | None = None
    ) -> Sequence[WebhookEvent]:
        return [
            event
            for (of, connection_id, _), event in sorted(self.waiting.items())
            if of is provider and provider_connection_id in (None, connection_id)
        ]

    def unpark(self, event: WebhookEvent, *, owner: Owner, marked_at: datetime) -> bool:
        key = event.provider, str(event.provider_connection_id), event.id
        is_gone = pending_read_of(event) is not None and owner not in self._connections.rows
        if is_gone or self.waiting.pop(key, None) is None:
            return False
        self.rows[event.provider, event.id] = event, owner
        self.mark(event, owner=owner, marked_at=marked_at)
        return True

    def mark(self, event: WebhookEvent, *, owner: Owner, marked_at: datetime) -> None:
        if pending_read_of(event) is None or owner not in self._connections.rows:
            return
        self._connections.change(
            *owner,
            lambda row: replace(
                row,
                pending=row.pending.with_event(event, at=marked_at),
                due_at=marked_at + SAFETY_NET,
            ),
        )
