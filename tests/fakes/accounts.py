"""Accounts in memory."""

from collections.abc import Sequence
from copy import replace

from freshet.domain.account import Account, Register
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import ConcurrentChange, Erased, MigratedAccounts, NotFound
from tests.fakes.connections import FakeConnections


class FakeAccounts:
    """The port Accounts in memory."""

    def __init__(self, connections: FakeConnections) -> None:
        self._connections = connections
        self.rows: dict[tuple[str, str], Account] = {}

    def get(self, user_id: str, account_id: str) -> Account:
        try:
            return self.rows[user_id, account_id]
        except KeyError as error:
            raise NotFound(account_id) from error

    def of_user(self, user_id: str) -> Sequence[Account]:
        found = [row for (owner, _), row in self.rows.items() if owner == user_id]
        return sorted(found, key=lambda row: row.id)

    def of_connection(self, connection: Connection) -> Sequence[Account]:
        of_user = self.of_user(connection.user_id)
        return [row for row in of_user if row.connection_id == connection.id]

    def save(self, account: Account) -> None:
        owner = self._connections.rows.get((account.user_id, account.connection_id))
        is_leaving = owner is None or owner.link.status is ConnectionStatus.REMOVING
        row = self.rows.get((account.user_id, account.id))
        if row is None and is_leaving:
            raise Erased(account.id)
        if row is not None and row.connection_id != account.connection_id:
            raise (Erased if is_leaving else MigratedAccounts)(account.id)
        if row is None:
            list_account(self._connections, account)
        # What one read saw is nothing that a row keeps.
        self.rows[account.user_id, account.id] = replace(account, is_reloaded=False)


def list_account(connections: FakeConnections, account: Account) -> None:
    """Give an account's connection one account more."""
    key = account.user_id, account.connection_id
    row = connections.rows[key]
    ids = (*row.account_ids, account.id)
    connections.rows[key] = replace(row, account_ids=ids, version=row.version + 1)


class FakeAccountRegister:
    """The port AccountRegister in memory."""

    def __init__(self, accounts: FakeAccounts, connections: FakeConnections) -> None:
        self._accounts = accounts
        self._connections = connections
        self.changes: dict[str, int] = {}

    def read(self, user_id: str) -> Register:
        return Register(self._accounts.of_user(user_id), self.changes.get(user_id, 0))

    def add(self, account: Account, *, seen: int) -> None:
        is_there = (account.user_id, account.id) in self._accounts.rows
        self._write(account, seen, is_refused=is_there)

    def pass_on(self, account: Account, *, left: Connection, seen: int) -> Connection:
        key = left.user_id, left.id
        there = self._accounts.rows.get((account.user_id, account.id))
        kept = self._connections.rows.get(key)
        is_stale = there is None or there.connection_id != left.id
        is_changed = kept is None or kept.version != left.version
        self._write(account, seen, is_refused=is_stale or is_changed)
        self._connections.rows[key] = replace(left, version=left.version + 1)
        return self._connections.rows[key]

    def _write(self, account: Account, seen: int, *, is_refused: bool) -> None:
        owner = self._connections.rows.get((account.user_id, account.connection_id))
        if owner is None or owner.link.status is ConnectionStatus.REMOVING:
            raise Erased(account.id)
        if is_refused or self.changes.get(account.user_id, 0) != seen:
            raise ConcurrentChange(account.id)
        self.changes[account.user_id] = seen + 1
        list_account(self._connections, account)
        row = replace(account, is_reloaded=False)
        self._accounts.rows[account.user_id, account.id] = row
