"""Which accounts a user has, in ConnectionsTable: every change of that is counted in one row."""

from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.accounts import DynamoAccounts, account_to_item, listing
from freshet.adapters.dynamodb.connection_items import connection_from_item, connection_to_item
from freshet.adapters.dynamodb.table import Table, TransactionRefused
from freshet.domain.account import Account, Register
from freshet.domain.connection import Connection
from freshet.domain.errors import ConcurrentChange, Erased


class DynamoAccountRegister:
    """The port AccountRegister."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table
        self._accounts = DynamoAccounts(table)

    def read(self, user_id: str) -> Register:
        """List a user's accounts, and how often that has changed; consistently."""
        # First: an account that comes while they are listed makes the next write fail.
        row = self._table.get(keys.account_register(user_id)) or {"changes": 0}
        return Register(self._accounts.of_user(user_id), int(row["changes"]))

    def add(self, account: Account, *, seen: int) -> None:
        """Store an account that is new; raises ConcurrentChange where `seen` is out of date."""
        new = self._table.putting(account_to_item(account), condition="attribute_not_exists(PK)")
        self._write(account, new, seen=seen)

    def pass_on(self, account: Account, *, left: Connection, seen: int) -> Connection:
        """Store an account under another connection and what the one it left makes of it."""
        kept = connection_to_item(left) | {"version": left.version + 1}
        moved = self._table.putting(
            account_to_item(account),
            condition="connection_id = :left",
            values={":left": left.id},
        )
        unchanged = self._table.putting(
            kept, condition="version = :expected", values={":expected": left.version}
        )
        self._write(account, moved, unchanged, seen=seen)
        return connection_from_item(kept)

    def _write(self, account: Account, *writes: Any, seen: int) -> None:
        counted = self._table.putting(
            {**keys.account_register(account.user_id), "changes": seen + 1},
            condition="attribute_not_exists(PK) OR changes = :seen",
            values={":seen": seen},
        )
        try:
            self._table.transact(listing(self._table, account), counted, *writes)
        except TransactionRefused as refused:
            raise (Erased if 0 in refused.failed else ConcurrentChange)(account.id) from refused
