"""What a user has, from both tables in few requests."""

from collections.abc import Sequence
from itertools import accumulate, islice

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.accounts import account_from_item
from freshet.adapters.dynamodb.connection_items import connection_from_item
from freshet.adapters.dynamodb.snapshot_items import SUMMARY, summary_from_item
from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
from freshet.adapters.dynamodb.stored_forms import readable
from freshet.adapters.dynamodb.table import Table, get_across
from freshet.domain.account import Account
from freshet.domain.connection import Connection
from freshet.domain.errors import NotFound
from freshet.domain.snapshot import HoldingsSnapshot, SnapshotSummary


class DynamoOverview:
    """The port Overview."""

    def __init__(self, connections_table: Table, snapshots_table: Table) -> None:
        """Bind to both tables, which one client reaches."""
        self._connections_table = connections_table
        self._snapshots_table = snapshots_table
        self._snapshots = DynamoSnapshots(snapshots_table)

    def of_user(self, user_id: str) -> tuple[Sequence[Connection], Sequence[Account]]:
        """List a user's connections, oldest first, and accounts in the order of their ids."""
        span = keys.accounts_and_connections(user_id)
        rows = list(self._connections_table.query_between(*span))
        accounts = [row for row in rows if row["SK"].startswith(keys.ACCOUNT_PREFIX)]
        connections = [row for row in rows if row["SK"].startswith(keys.CONNECTION_PREFIX)]
        found = readable(connection_from_item, connections)
        return (
            sorted(found, key=lambda each: (each.created_at, each.id)),
            list(readable(account_from_item, accounts)),
        )

    def page_of_user(
        self, user_id: str, *, start: str | None, limit: int
    ) -> tuple[dict[str, Connection], Sequence[Account], str | None]:
        """List some accounts from an id on, with their connections, and the id that follows."""
        span = keys.accounts_from(user_id, start or "")
        rows = self._connections_table.query_between(*span, page_size=limit + 1)
        first = list(islice(rows, limit + 1))
        shown = list(readable(account_from_item, first[:limit]))
        following = [row["SK"].removeprefix(keys.ACCOUNT_PREFIX) for row in first[limit:]]
        wanted = dict.fromkeys(each.connection_id for each in shown)
        rows = self._connections_table.get_many([keys.connection(user_id, each) for each in wanted])
        connections = {each.id: each for each in readable(connection_from_item, rows)}
        return connections, shown, following[0] if following else None

    def holdings_that_fit(
        self, user_id: str, account_ids: Sequence[str], *, most_lines: int
    ) -> Sequence[HoldingsSnapshot | None]:
        """Read the newest of several accounts, in their order, None before the first load.

        It ends before the first account whose lines would be too many; one is always there.
        """
        rows = {
            row["PK"]: row
            for row in self._snapshots_table.get_many(
                [keys.latest(user_id, each) for each in account_ids]
            )
        }
        in_order = [rows.get(keys.latest(user_id, each)["PK"]) for each in account_ids]
        sizes = accumulate(int(row.get("line_count", 0)) if row else 0 for row in in_order)
        fitting = max(1, sum(size <= most_lines for size in sizes))
        return [
            next(readable(self._snapshots.whole, [row]), None) if row else None
            for row in in_order[:fitting]
        ]

    def of_account(self, user_id: str, account_id: str) -> tuple[Account, HoldingsSnapshot | None]:
        """Read an account and its newest holdings, None before the first load; raises NotFound."""
        listed, newest = keys.account(user_id, account_id), keys.latest(user_id, account_id)
        wanted = [(self._connections_table, listed), (self._snapshots_table, newest)]
        rows = {row["SK"]: row for row in get_across(wanted)}
        if listed["SK"] not in rows:
            raise NotFound(account_id)
        latest = [rows[newest["SK"]]] if newest["SK"] in rows else []
        snapshot = next(readable(self._snapshots.whole, latest), None)
        return account_from_item(rows[listed["SK"]]), snapshot

    def of_connection(self, connection: Connection) -> list[tuple[Account, SnapshotSummary | None]]:
        """Read a connection's accounts, by their ids, and what their newest holdings are worth."""
        user_id, ids = connection.user_id, sorted(connection.account_ids)
        wanted = [(self._connections_table, keys.account(user_id, each)) for each in ids]
        wanted += [(self._snapshots_table, keys.latest(user_id, each)) for each in ids]
        rows = {
            (row["PK"], row["SK"]): row
            for row in get_across(wanted, attributes={self._snapshots_table.name: SUMMARY})
        }
        listed = [(each, rows.get(_place(keys.account(user_id, each)))) for each in ids]
        accounts = [account_from_item(row) for _, row in listed if row is not None]
        newest = ((each.id, rows.get(_place(keys.latest(user_id, each.id)))) for each in accounts)
        loaded = ((account_id, row) for account_id, row in newest if row is not None)
        summaries = dict(readable(lambda each: (each[0], summary_from_item(each[1])), loaded))
        return [
            (each, summaries.get(each.id))
            for each in accounts
            if each.connection_id == connection.id
        ]


def _place(key: keys.Key) -> tuple[str, str]:
    return key["PK"], key["SK"]
