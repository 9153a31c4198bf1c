"""Connections and what is known of their owners and their webhooks."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from freshet.domain.connection import Connection
from freshet.domain.provider import Provider
from freshet.domain.webhooks import LeftOfEvent, WebhookEvent


class Connections(Protocol):
    """Connections by their owner: another user's connection is simply not found."""

    def get(self, user_id: str, connection_id: str) -> Connection:
        """Read one, consistently; raises NotFound."""

    def of_user(self, user_id: str) -> Sequence[Connection]:
        """List a user's connections, oldest first."""

    def add(self, connection: Connection, *, provider_user_id: str | None) -> Connection:
        """Register one, or give back the one already there.

        Raises AlreadyOwned, UserLeaving, and NotFound where it was here once and was removed.
        """

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

    def lease(
        self, user_id: str, connection_id: str, *, only_pending: bool, now: datetime
    ) -> Connection | None:
        """Take the reader's lease; None where another reader holds it, or the link has ended.

        With `only_pending`, None also where nothing is pending. Raises NotFound.
        """


class DueConnections(Protocol):
    """The index of what wants attention."""

    def due(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        """List a provider's (user id, connection id, due time).

        Those come first whose open refresh a user waits for, then those that are overdue for
        longest; a read that was put off for want of quota keeps its age.
        """

    def due_looks(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        """List the broken links of a provider that are due to be looked at, the oldest first."""

    def claim(
        self, user_id: str, connection_id: str, *, due_at: datetime, lease_until: datetime
    ) -> Connection | None:
        """Move the due time to the lease's end; None if another turn was faster."""

    def give_back(
        self, user_id: str, connection_id: str, *, due_at: datetime, lease_until: datetime
    ) -> None:
        """Undo a claim that came to nothing, unless the connection has another time by now."""


class Inbox(Protocol):
    """Webhook events, each claimed once."""

    def claim(
        self, event: WebhookEvent, *, owner: tuple[str, str] | None, marked_at: datetime
    ) -> bool:
        """Store an event and mark its connection in one step; False if it was there before.

        Without an owner, an event about a connection is parked.
        """

    def left_of(self, event: WebhookEvent, *, owner: tuple[str, str]) -> LeftOfEvent:
        """Say what is still to be done for an event that was claimed before."""

    def find(
        self, provider: Provider, event_id: str
    ) -> tuple[WebhookEvent, tuple[str, str] | None]:
        """Read one event and whose it is; raises NotFound."""

    def parked(
        self, provider: Provider, provider_connection_id: str | None = None
    ) -> Sequence[WebhookEvent]:
        """List events that wait for an owner: a connection's, or all of a provider's."""

    def unpark(self, event: WebhookEvent, *, owner: tuple[str, str], marked_at: datetime) -> bool:
        """Give a parked event its owner and mark the connection; False if another was faster."""

    def mark(self, event: WebhookEvent, *, owner: tuple[str, str], marked_at: datetime) -> None:
        """Mark the connection of an event once more; one that is gone is left alone."""


class Owners(Protocol):
    """Whose is a thing that a provider talks about?"""

    def of_provider_user(self, provider: Provider, provider_user_id: str) -> str | None:
        """Give our id of a provider's user, or None."""

    def of_connection(
        self, provider: Provider, provider_connection_id: str
    ) -> tuple[str, str] | None:
        """Give (user id, connection id), or None."""
