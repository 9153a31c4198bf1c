"""What a connection has to tell the company's systems, until it is published."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime

from msgspec import Struct, field

from freshet.domain.events import Event


class Outbox(Struct, frozen=True, kw_only=True):
    """Events to publish, and which changes of holdings were put out before."""

    events: tuple[Event, ...] = ()
    announced: Mapping[str, datetime] = field(default_factory=dict)
    """When the holdings of an account changed that were last put out to be published."""

    def with_events(self, *events: Event) -> "Outbox":
        """Put events out to be published; their publisher takes them out again."""
        return replace(self, events=(*self.events, *events))

    def without(self, published: tuple[Event, ...]) -> "Outbox":
        """Take published events out."""
        left = tuple(event for event in self.events if event not in published)
        return replace(self, events=left)

    def with_changes(self, changes: Mapping[str, Event]) -> "Outbox":
        """Put out changed holdings, by account, that were not put out before.

        A process that dies between storing a version and announcing it announces nothing; the
        next one that reads the account does.
        """
        new = [
            event
            for account_id, event in changes.items()
            if event.occurred_at != self.announced.get(account_id)
        ]
        told = {account_id: event.occurred_at for account_id, event in changes.items()}
        return replace(self.with_events(*new), announced={**self.announced, **told})
