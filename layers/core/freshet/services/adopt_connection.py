"""Taking in a connection that a user we know has made at the provider: no tab need stay open."""

from collections.abc import Callable
from typing import Protocol

from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection import Connection
from freshet.domain.credential import credential_name
from freshet.domain.errors import AlreadyOwned, NotFound, UserLeaving
from freshet.domain.identifiers import new_connection_id
from freshet.domain.link import Link
from freshet.domain.read_schedule import ReadSchedule
from freshet.domain.webhooks import WebhookEvent
from freshet.observability import logger
from freshet.ports import Clock, Connections, Owners, ReadQueue


class AdoptDependencies(Protocol):
    """What an adoption needs from outside."""

    @property
    def owners(self) -> Owners:
        """Know whose a provider's user is."""

    @property
    def connections(self) -> Connections:
        """Keep the connection."""

    @property
    def reads(self) -> ReadQueue:
        """Ask for its first read."""

    @property
    def random_bytes(self) -> Callable[[int], bytes]:
        """Draw its id."""

    @property
    def clock(self) -> Clock:
        """Tell the time."""


def adopted_owner(event: WebhookEvent, *, deps: AdoptDependencies) -> tuple[str, str] | None:
    """Save a known user's new connection and have it read; None for a user we do not know."""
    if event.provider_user_id is None or event.provider_connection_id is None:
        return None
    user_id = deps.owners.of_provider_user(event.provider, event.provider_user_id)
    if user_id is None:
        return None
    now = deps.clock()
    wanted = Connection(
        id=new_connection_id(deps.random_bytes),
        user_id=user_id,
        provider=event.provider,
        link=Link(
            provider_connection_id=event.provider_connection_id,
            credential_name=credential_name(event.provider, event.provider_user_id),
        ),
        schedule=ReadSchedule(next_read_at=now),
        due_at=now,
        created_at=now,
    )
    try:
        connection = deps.connections.add(wanted, provider_user_id=event.provider_user_id)
    except (AlreadyOwned, NotFound, UserLeaving):
        # Another user's, removed here before, or of a user who is leaving: none of them is new.
        return None
    command = ReadCommand(
        user_id=connection.user_id, connection_id=connection.id, reason=ReadReason.FIRST_LOAD
    )
    deps.reads.send([command])
    logger.info("Connection adopted", connection_id=connection.id)
    return connection.user_id, connection.id
