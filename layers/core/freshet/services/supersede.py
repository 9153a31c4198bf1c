"""A connection whose accounts live on under a newer one: looked at by its own reader, and ended.

Only the holder of the reader's lease decides, so that no account of it can come meanwhile. The
migration of its accounts made it due; should this die at any step, it is due again.
"""

from copy import replace
from datetime import datetime
from typing import Protocol

from freshet.domain.account import Register
from freshet.domain.account_migration import is_superseded, successor_of, without_account
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.connection import Connection
from freshet.domain.connection_status import GONE
from freshet.domain.errors import ConcurrentChange
from freshet.domain.removal_rules import superseded
from freshet.observability import logger
from freshet.ports import AccountRegister, Clock, Connections, Erasures
from freshet.services.begin_removal import erasure_of

_ACTOR = "succession"


class SupersedeDependencies(Protocol):
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


def judged_connection(connection: Connection, *, deps: SupersedeDependencies) -> Connection:
    """Ask for its removal if all its open accounts have passed on; else let it go on as it is."""
    migrated_at = connection.migration.migrated_at
    if migrated_at is None or not connection.is_to_be_judged:
        return connection
    current = connection

    def attempt() -> Connection:
        nonlocal current
        if current.link.status in GONE:
            return current
        try:
            return _judged(current, migrated_at, deps)
        except ConcurrentChange:
            current = deps.connections.get(connection.user_id, connection.id)
            raise

    return retry_lost_races(attempt, row=connection.id)


def _judged(
    connection: Connection, migrated_at: datetime, deps: SupersedeDependencies
) -> Connection:
    owner = (connection.user_id, connection.id)
    register = deps.register.read(connection.user_id)
    if not is_superseded(connection, register.accounts):
        return deps.connections.change(
            *owner, lambda row: replace(row, migration=row.migration.judged(migrated_at))
        )
    others = deps.connections.of_user(connection.user_id)
    successor = successor_of(connection, connections=others, accounts=register.accounts)
    if successor is not None:
        connection = _with_closed_passed(connection, successor, register, deps)
    # Where the newer one is leaving, too, its user has let go of all of it.
    now, newer = deps.clock(), successor.id if successor else connection.migration.successor
    erasure = erasure_of(connection, actor=_ACTOR, now=now, due_at=now)
    deps.erasures.begin(replace(erasure, superseded_by=newer))
    logger.info("Connection superseded", accounts=len(connection.migration.migrated_accounts))
    return deps.connections.change(*owner, superseded)


def _with_closed_passed(
    connection: Connection, successor: Connection, register: Register, deps: SupersedeDependencies
) -> Connection:
    """Let what is left, all of it closed, pass on as it is."""
    seen, now = register.changes, deps.clock()
    for account in register.accounts:
        if account.connection_id != connection.id:
            continue
        moved = replace(account, connection_id=successor.id)
        name = account.report.provider_account_id
        left = without_account(connection, name, migrated=moved, now=now)
        connection = deps.register.pass_on(moved, left=left, seen=seen)
        seen += 1
    return connection
