"""A user pauses a connection, or says how often it is read and refreshed."""

from copy import replace
from datetime import datetime, timedelta

from msgspec import Struct

from freshet.domain.cadence import Cadence
from freshet.domain.cadence_rules import check_read_every, check_refresh_every, replanned
from freshet.domain.connection import Connection
from freshet.domain.provider_limits import ProviderLimits
from freshet.domain.provider_traits import TraitsByProvider
from freshet.ports import Clock, Connections


class ConnectionChange(Struct, frozen=True, kw_only=True):
    """What is to be different; None leaves a thing as it is."""

    user_id: str
    connection_id: str
    paused: bool | None = None
    read_every: timedelta | None = None
    refresh_every: timedelta | None = None
    is_buying_ended: bool = False
    """No purchase on a cadence any more; people may still ask for one."""


def change_connection(
    change: ConnectionChange, *, connections: Connections, traits: TraitsByProvider, clock: Clock
) -> Connection:
    """Store the change and take the new place in the schedule; raises NotFound, InvalidField."""
    now = clock()

    def step(row: Connection) -> Connection:
        return _changed(row, change, traits[row.provider].limits, now=now)

    return connections.change(change.user_id, change.connection_id, step)


def _changed(
    connection: Connection, change: ConnectionChange, limits: ProviderLimits, *, now: datetime
) -> Connection:
    if change.read_every is not None:
        check_read_every(change.read_every, limits, field="cadence.read_every")
    if change.refresh_every is not None:
        check_refresh_every(change.refresh_every, limits, field="cadence.refresh_every")
    paused = connection.paused if change.paused is None else change.paused
    wanted = replace(connection, paused=paused)
    return replanned(wanted, _cadence(connection.cadence, change), before=connection, now=now)


def _cadence(cadence: Cadence, change: ConnectionChange) -> Cadence:
    refresh_every = change.refresh_every or cadence.refresh_every
    return Cadence(
        read_every=change.read_every or cadence.read_every,
        refresh_every=None if change.is_buying_ended else refresh_every,
    )
