"""What becomes of a connection and its open refresh when the connection is to be removed."""

from copy import replace
from datetime import datetime

from freshet.domain.connection import Connection
from freshet.domain.connection_status import ASLEEP, GONE, ConnectionStatus
from freshet.domain.errors import ConnectionNeedsUser, ConnectionRemoving
from freshet.domain.pending_reads import PendingReads
from freshet.domain.refresh import Refresh, RefreshStatus, give_up, lose_answer, refuse

REMOVED_BY_USER = "connection_removed"


def leaving(connection: Connection) -> Connection:
    """Leave the schedule for good: nothing is read or bought for it from now on."""
    return _leaving(connection, "removal_requested")


def superseded(connection: Connection) -> Connection:
    """Leave because a newer connection has all its accounts."""
    return _leaving(connection, "superseded")


def at_rest(connection: Connection) -> Connection:
    """Leave the index, and forget what webhooks announced: no read follows it."""
    return replace(connection, pending=PendingReads(), due_at=None)


def demand_linked(connection: Connection) -> None:
    """Raise ConnectionRemoving or ConnectionNeedsUser where nothing can be asked of a link."""
    demand_not_removed(connection)
    if connection.link.status in ASLEEP:
        raise ConnectionNeedsUser(connection.id, connection.link.status_reason)


def demand_not_removed(connection: Connection) -> None:
    """Raise ConnectionRemoving for a connection that is on its way out."""
    if connection.link.status in GONE:
        raise ConnectionRemoving(connection.id)


def _leaving(connection: Connection, reason: str) -> Connection:
    if connection.link.status in GONE:
        return at_rest(connection)
    link = replace(connection.link, status=ConnectionStatus.REMOVING, status_reason=reason)
    return at_rest(replace(connection, link=link))


def ended_by_removal(refresh: Refresh, *, now: datetime) -> Refresh:
    """Take an open refresh one step nearer to its end; what was called stays paid for.

    `book` stores each step: a refund for what was never called, an assumed line in the ledger for
    a call whose caller went silent.
    """
    if refresh.status is RefreshStatus.RESERVED:
        return refuse(refresh, REMOVED_BY_USER, answer=None, now=now)
    if refresh.status is RefreshStatus.CALLING:
        return lose_answer(refresh, "caller_died", now=now)
    return give_up(refresh, REMOVED_BY_USER, now=now)
