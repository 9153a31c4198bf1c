"""A user wants a connection gone, or everything: put on record, done from the due index."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from freshet.domain.commands import RemovalCommand
from freshet.domain.connection import SAFETY_NET, Connection
from freshet.domain.erasure import Erasure
from freshet.domain.errors import NotFound
from freshet.domain.identifiers import erasure_id_for, new_erasure_id
from freshet.domain.removal_rules import leaving
from freshet.ports import Clock, Connections, Erasures, RefreshQueue


class BeginRemovalDependencies(Struct, frozen=True, kw_only=True):
    """What a request to be forgotten needs from outside."""

    connections: Connections
    erasures: Erasures
    queue: RefreshQueue
    random_bytes: Callable[[int], bytes]
    clock: Clock


def remove_connection(
    user_id: str, connection_id: str, *, actor: str, deps: BeginRemovalDependencies
) -> Erasure:
    """Have a connection removed; asking again joins, also when all is over. Raises NotFound."""
    now = deps.clock()
    try:
        connection = deps.connections.get(user_id, connection_id)
    except NotFound:
        return deps.erasures.get(user_id, erasure_id_for(connection_id))
    wanted = erasure_of(connection, actor=actor, now=now, due_at=now + SAFETY_NET)
    # First: should we die before the next step, the planner finds it due and goes on from here.
    erasure = deps.erasures.begin(wanted)
    deps.connections.change(user_id, connection_id, leaving)
    return _sent(erasure, deps)


def remove_user(user_id: str, *, actor: str, deps: BeginRemovalDependencies) -> Erasure:
    """Have everything of a user removed; asking again joins the removal that is under way."""
    now = deps.clock()
    wanted = Erasure(
        id=new_erasure_id(deps.random_bytes),
        user_id=user_id,
        actor=actor,
        requested_at=now,
        due_at=now + SAFETY_NET,
    )
    return _sent(deps.erasures.begin(wanted), deps)


def erasure_of(connection: Connection, *, actor: str, now: datetime, due_at: datetime) -> Erasure:
    """Make the request to remove a connection: always the same one."""
    return Erasure(
        id=erasure_id_for(connection.id),
        user_id=connection.user_id,
        actor=actor,
        connection_id=connection.id,
        provider=connection.provider,
        credential_name=connection.link.credential_name,
        requested_at=now,
        due_at=due_at,
    )


def _sent(erasure: Erasure, deps: BeginRemovalDependencies) -> Erasure:
    if not erasure.is_done:
        # Should the message be lost, the erasure is due within minutes anyway.
        deps.queue.send([RemovalCommand(user_id=erasure.user_id, erasure_id=erasure.id)])
    return erasure
