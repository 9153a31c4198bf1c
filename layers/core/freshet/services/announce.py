"""Publishing what a connection's row has put out: stored first, then told, then taken out.

A crash in between tells it twice, never not at all.
"""

from copy import replace

from freshet.domain.connection import Connection
from freshet.ports import Bus, Connections


def announce(connection: Connection, *, connections: Connections, bus: Bus) -> None:
    """Publish a connection's outbox; raises QueueUnavailable, with the outbox still full."""
    events = connection.outbox.events
    if not events:
        return
    bus.publish(events)
    connections.change(
        connection.user_id,
        connection.id,
        lambda row: replace(row, outbox=row.outbox.without(events)),
        known=connection,
    )
