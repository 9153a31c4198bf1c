"""The inbox of webhooks in memory."""

from dataclasses import replace
from datetime import datetime

from freshet.domain.connection import SAFETY_NET
from freshet.domain.provider import Provider
from freshet.domain.webhooks import WebhookEvent
from tests.fakes.connections import FakeConnections


class FakeInbox:
    """The port Inbox in memory: the claim and the mark are one step."""

    def __init__(self, connections: FakeConnections) -> None:
        self._connections = connections
        self.rows: dict[tuple[Provider, str], WebhookEvent] = {}

    def claim(
        self,
        event: WebhookEvent,
        *,
        owner: tuple[str, str] | None,
        mark: str | None,
        marked_at: datetime,
    ) -> bool:
        if (event.provider, event.id) in self.rows:
            return False
        self.rows[event.provider, event.id] = event
        if owner is not None and mark is not None and owner in self._connections.rows:
            self._connections.change(
                *owner,
                lambda row: replace(
                    row,
                    marks={**row.marks, mark: marked_at},
                    due_at=marked_at + SAFETY_NET,
                ),
            )
        return True
