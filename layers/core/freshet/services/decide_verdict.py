"""An operator decides about a link that is said to be broken and is not believed to be so."""

from copy import replace

from msgspec import Struct

from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection import Connection
from freshet.observability import logger
from freshet.ports import Clock, Connections, ReadQueue


class DecideVerdictDependencies(Struct, frozen=True):
    """What a decision needs from outside."""

    connections: Connections
    reads: ReadQueue
    clock: Clock


def decide_verdict(
    user_id: str, connection_id: str, *, is_confirmed: bool, deps: DecideVerdictDependencies
) -> bool:
    """Have the connection read at once; False where nothing was in doubt. Raises NotFound.

    A confirmed verdict is believed if that read brings it once more. A released one is forgotten,
    and the read is judged as if it were the first.
    """
    now, was_in_doubt = deps.clock(), False

    def step(connection: Connection) -> Connection:
        nonlocal was_in_doubt
        suspicion = connection.link.suspicion
        was_in_doubt = suspicion is not None
        if suspicion is None:
            return connection
        link = replace(connection.link, suspicion=suspicion.confirmed() if is_confirmed else None)
        schedule = replace(connection.schedule, next_read_at=now)
        return replace(connection, link=link, schedule=schedule).rescheduled(now=now)

    deps.connections.change(user_id, connection_id, step)
    if was_in_doubt:
        command = ReadCommand(user_id=user_id, connection_id=connection_id, reason=ReadReason.DUE)
        deps.reads.send([command])
        logger.warning("A verdict was decided", is_confirmed=is_confirmed)
    return was_in_doubt
