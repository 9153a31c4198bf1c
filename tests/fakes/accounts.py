"""Accounts in memory."""

from collections.abc import Sequence
from dataclasses import replace

from freshet.domain.account import Account
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import Erased, NotFound
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

    def of_connection(self, user_id: str, connection_id: str) -> Sequence[Account]:
        return [row for row in self.of_user(user_id) if row.connection_id == connection_id]

    def save(self, account: Account) -> None:
        owner = self._connections.rows.get((account.user_id, account.connection_id))
        is_leaving = owner is None or owner.status is ConnectionStatus.REMOVING
        if is_leaving and (account.user_id, account.id) not in self.rows:
            raise Erased(account.id)
        # What one visit saw is nothing that a row keeps.
        self.rows[account.user_id, account.id] = replace(account, is_reloaded=False)
