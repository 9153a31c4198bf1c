"""Saving a connection, giving it the events that waited for it, and having it read at once."""

from typing import Protocol

from freshet.domain.connection import Connection
from freshet.domain.orders import ReadOrder, ReadReason
from freshet.ports import Clock, Connections, Inbox, ReadQueue
from freshet.services.parked_webhooks import drain_parked


class TakingIn(Protocol):
    """What it takes."""

    @property
    def inbox(self) -> Inbox:
        """Where events wait."""

    @property
    def connections(self) -> Connections:
        """Where it is kept."""

    @property
    def reads(self) -> ReadQueue:
        """Ask for its first read."""

    @property
    def clock(self) -> Clock:
        """Tell the time."""


def take_in(wanted: Connection, *, provider_user_id: str | None, parts: TakingIn) -> Connection:
    """Save a connection, or find it there already; raises AlreadyOwned for another user's."""
    connection = parts.connections.add(wanted, provider_user_id=provider_user_id)
    # Also when it was there already: the credential may be a new one, and the status mended by it.
    return _begun(connection, parts)


def taken_in_already(connection: Connection, *, parts: TakingIn) -> Connection:
    """Give a connection back; whoever saved it may have died before it was begun."""
    return _begun(connection, parts) if connection.status_read_at is None else connection


def _begun(connection: Connection, parts: TakingIn) -> Connection:
    owner = (connection.user_id, connection.id)
    drain_parked(connection.provider, connection.provider_connection_id, owner, parts=parts)
    parts.reads.send([first_read(connection)])
    return connection


def first_read(connection: Connection) -> ReadOrder:
    """Order a read that somebody waits for."""
    return ReadOrder(
        user_id=connection.user_id, connection_id=connection.id, reason=ReadReason.FIRST_LOAD
    )
