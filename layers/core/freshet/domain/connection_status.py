"""How a connection is doing, and what goes together."""

from enum import StrEnum


class ConnectionStatus(StrEnum):
    """How a connection is doing."""

    INITIALISING = "initialising"
    ACTIVE = "active"
    DEGRADED = "degraded"
    EXPIRING = "expiring"
    NEEDS_USER = "needs_user"
    REVOKED = "revoked"
    REMOVING = "removing"
    REMOVED = "removed"


ASLEEP = frozenset(
    {
        ConnectionStatus.NEEDS_USER,
        ConnectionStatus.REVOKED,
        ConnectionStatus.REMOVING,
        ConnectionStatus.REMOVED,
    }
)
"""Nothing is due for a connection in one of these: it leaves the index and costs nothing."""

GONE = frozenset({ConnectionStatus.REMOVING, ConnectionStatus.REMOVED})
"""On the way out: nothing is read, bought or learned any more."""

LINKED = frozenset({ConnectionStatus.ACTIVE, ConnectionStatus.DEGRADED, ConnectionStatus.EXPIRING})
BROKEN = frozenset({ConnectionStatus.NEEDS_USER, ConnectionStatus.REVOKED})
