"""From what a provider lists to our own accounts: known ones, new ones, and those of another link.

Our accounts are found by their rows, never by deriving an id anew: an account that has passed from
an older connection keeps the id that it was given there.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from copy import replace
from datetime import datetime
from typing import Protocol

from freshet.domain.account import Account, AccountReport
from freshet.domain.account_migration import account_migration, passed_to, without_account
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport
from freshet.domain.errors import MigratedAccounts, NotFound
from freshet.domain.identifiers import account_id_for
from freshet.observability import logger
from freshet.ports import AccountRegister, Accounts, Clock, Connections, ProviderSession


class ListAccountsDependencies(Protocol):
    """What it takes."""

    @property
    def connections(self) -> Connections:
        """Know the user's other connections."""

    @property
    def accounts(self) -> Accounts:
        """Keep accounts."""

    @property
    def register(self) -> AccountRegister:
        """Add to them, one after the other."""

    @property
    def clock(self) -> Clock:
        """Tell the time."""


def list_accounts(
    session: ProviderSession,
    connection: Connection,
    report: ConnectionReport | None,
    *,
    deps: ListAccountsDependencies,
) -> tuple[Account, ...]:
    """Bring our accounts in line with the provider's list; one that vanished is closed.

    `report` is what this read has learned of the connection: given by a look at everything.
    """
    known = _by_name(deps.accounts.of_connection(connection))
    reports = session.accounts()
    if any(
        each.provider_account_id not in {*known, *connection.migration.migrated_accounts}
        for each in reports
    ):
        known = _taken_in(reports, connection, report, deps)
    listed: list[Account] = []
    for each in reports:
        before = known.pop(each.provider_account_id, None)
        if before is None:
            continue  # lives on under another connection
        account = before.listed_as(each)
        if report is not None or connection.pending.has_holdings_of(each.provider_account_id):
            refreshed = connection.pending.refreshed(each.provider_account_id)
            account = replace(account, failed_parts=refreshed.failed_parts if refreshed else ())
        listed += _kept(account, before, deps)
    if not reports:
        return tuple(known.values())  # an empty list is treated as an outage
    vanished = [kept for each in known.values() for kept in _kept(each.closed(), each, deps)]
    return (*listed, *vanished)


def _kept(account: Account, before: Account, deps: ListAccountsDependencies) -> tuple[Account, ...]:
    """Store what has changed; nothing where the account has passed on a moment ago."""
    if account != before:
        with suppress(MigratedAccounts):
            deps.accounts.save(account)
            return (account,)
        return ()
    return (account,)


def _taken_in(
    reports: Sequence[AccountReport],
    connection: Connection,
    report: ConnectionReport | None,
    deps: ListAccountsDependencies,
) -> dict[str, Account]:
    """Give every report its account, new ones and those of older connections included."""
    if report is not None and report.institution != connection.link.institution:
        # Before any account is there: another reader judges by it whether they may be the same.
        place = report.institution
        connection = deps.connections.change(
            connection.user_id,
            connection.id,
            lambda row: replace(row, link=replace(row.link, institution=place)),
        )
    return retry_lost_races(
        lambda: _judged_and_stored(reports, connection, deps), row=connection.id
    )


def _judged_and_stored(
    reports: Sequence[AccountReport], connection: Connection, deps: ListAccountsDependencies
) -> dict[str, Account]:
    # First: whatever of all this is out of date when something is stored, nothing is stored.
    register = deps.register.read(connection.user_id)
    connections = {each.id: each for each in deps.connections.of_user(connection.user_id)}
    if connection.id not in connections:
        raise NotFound(connection.id)
    own = _by_name(each for each in register.accounts if each.connection_id == connection.id)
    found = account_migration(
        connection, reports, connections=connections.values(), accounts=register.accounts
    )
    seen, now = register.changes, deps.clock()
    for report in reports:
        name = report.provider_account_id
        if name in own or name in connections[connection.id].migration.migrated_accounts:
            continue
        if name in found.left:
            _leave(connection, name, found.left[name], now, deps)
            continue
        if name in found.inherited:
            before = found.inherited[name]
            own[name] = passed_to(connection, before, report)
            older = connections[before.connection_id]
            named = before.report.provider_account_id
            left = without_account(older, named, migrated=own[name], now=now)
            connections[left.id] = deps.register.pass_on(own[name], left=left, seen=seen)
            logger.info("Account migrated", account_id=own[name].id)
        else:
            own[name] = _new_account(connection, report, now)
            deps.register.add(own[name], seen=seen)
        seen += 1
    return own


def _leave(
    connection: Connection,
    name: str,
    migrated: Account,
    now: datetime,
    deps: ListAccountsDependencies,
) -> None:
    deps.connections.change(
        connection.user_id,
        connection.id,
        lambda row: without_account(row, name, migrated=migrated, now=now),
    )


def _by_name(accounts: Iterable[Account]) -> dict[str, Account]:
    return {each.report.provider_account_id: each for each in accounts}


def _new_account(connection: Connection, report: AccountReport, now: datetime) -> Account:
    return Account(
        id=account_id_for(connection.id, report.provider_account_id),
        user_id=connection.user_id,
        connection_id=connection.id,
        report=report,
        created_at=now,
    )
