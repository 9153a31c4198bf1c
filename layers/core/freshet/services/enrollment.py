"""Saving a connection, giving it the events that waited for it, and having it read at once."""

from typing import Protocol

from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection import Connection
from freshet.ports import Clock, Connections, Inbox, ReadQueue
from freshet.services.parked_webhooks import drain_parked


class EnrollDependencies(Protocol):
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


def enroll_connection(
    wanted: Connection, *, provider_user_id: str | None, deps: EnrollDependencies
) -> Connection:
    """Save a connection, or find it there already; raises AlreadyOwned for another user's."""
    connection = deps.connections.add(wanted, provider_user_id=provider_user_id)
    # Also when it was there already: the credential may be a new one, and the status mended by it.
    return _begun(connection, deps)


def resume_enrollment(connection: Connection, *, deps: EnrollDependencies) -> Connection:
    """Give a connection back; the process that saved it may have died before it was begun."""
    return _begun(connection, deps) if connection.link.status_read_at is None else connection


def _begun(connection: Connection, deps: EnrollDependencies) -> Connection:
    owner = (connection.user_id, connection.id)
    drain_parked(connection.provider, connection.link.provider_connection_id, owner, deps=deps)
    deps.reads.send([first_read(connection)])
    return connection


def first_read(connection: Connection) -> ReadCommand:
    """Make the command for a read that a user waits for."""
    return ReadCommand(
        user_id=connection.user_id, connection_id=connection.id, reason=ReadReason.FIRST_LOAD
    )
