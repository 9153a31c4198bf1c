"""A connection whose accounts live on under a newer one: looked at by its own reader, and ended.

Only who holds the reader's lease decides, so that no account of it can come meanwhile. Whoever
passed its accounts on has made it due; should this die at any step, it is due again.
"""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from freshet.domain.account import Account
from freshet.domain.connection import Connection
from freshet.domain.connection_status import GONE
from freshet.domain.errors import ConcurrentChange
from freshet.domain.leaving import superseded
from freshet.domain.succession import heir_of, judged, without_account
from freshet.observability import count, logger
from freshet.ports import AccountRegister, Clock, Connections, Erasures
from freshet.services.begin_removal import erasure_of

_ACTOR = "succession"
_TRIES = 5


class Superseding(Protocol):
    """What it takes."""

    @property
    def connections(self) -> Connections:
        """Know the newer one, and let this one rest."""

    @property
    def register(self) -> AccountRegister:
        """Know which accounts it has left."""

    @property
    def erasures(self) -> Erasures:
        """Put its removal on record."""

    @property
    def clock(self) -> Clock:
        """Tell the time."""


def judged_connection(connection: Connection, *, parts: Superseding) -> Connection:
    """Ask for its removal if all its open accounts have passed on; else let it go on as it is."""
    passed_on_at = connection.passed_on_at
    if passed_on_at is None or not connection.may_be_superseded:
        return connection
    for _ in range(_TRIES):
        if connection.status in GONE:
            return connection
        try:
            return _judged(connection, passed_on_at, parts)
        except ConcurrentChange:
            connection = parts.connections.get(connection.user_id, connection.id)
    raise ConcurrentChange(connection.id)


def _judged(connection: Connection, passed_on_at: datetime, parts: Superseding) -> Connection:
    owner = (connection.user_id, connection.id)
    register = parts.register.read(connection.user_id)
    others = parts.connections.of_user(connection.user_id)
    heir = heir_of(connection, connections=others, accounts=register.accounts)
    if heir is None:
        return parts.connections.change(*owner, lambda row: judged(row, passed_on_at))
    own = [each for each in register.accounts if each.connection_id == connection.id]
    now, seen = parts.clock(), register.changes
    for account in own:
        left = _without(connection, account, now)
        connection = parts.register.pass_on(_moved(account, heir), left=left, seen=seen)
        seen += 1
    erasure = erasure_of(connection, actor=_ACTOR, now=now, due_at=now)
    parts.erasures.begin(replace(erasure, superseded_by=heir.id))
    count("ConnectionSuperseded")
    logger.info("Connection superseded", accounts=len(connection.passed_on))
    # Its reader ends with it, which the removal would wait for.
    return parts.connections.change(
        *owner, lambda row: replace(superseded(row), reading_until=None)
    )


def _moved(account: Account, heir: Connection) -> Account:
    return replace(account, connection_id=heir.id)


def _without(connection: Connection, account: Account, now: datetime) -> Connection:
    return without_account(connection, account.report.provider_account_id, account.id, now=now)
