"""Deleting for good, from both tables: keys are looked up, rows go in batches."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.batches import write_all
from freshet.adapters.dynamodb.table import Table, TransactionRefused
from freshet.domain.connection import Connection
from freshet.domain.errors import ConcurrentChange
from freshet.domain.provider import Provider

_KEY = ("PK", "SK")


class DynamoEraser:
    """The port Eraser."""

    def __init__(self, connections: Table, snapshots: Table) -> None:
        """Bind to ConnectionsTable and SnapshotsTable."""
        self._connections = connections
        self._snapshots = snapshots

    def erase_account(self, user_id: str, account_id: str, *, most: int) -> int:
        """Block late writers of an account, then erase what it held, its own row last."""
        # Before anything else: a writer that comes after the look at the rows has to find it.
        tombstone = keys.erased(user_id, account_id)
        self._snapshots.put(dict(tombstone))
        found = self._snapshots.query_between(tombstone["PK"], "!", "~", attributes=_KEY)
        rows = [each for each in islice(found, most + 1) if each["SK"] != keys.ERASED][:most]
        erased = _erase(self._snapshots, rows)
        if erased < most:
            _erase(self._connections, [keys.account(user_id, account_id)])
        return erased

    def erase_traces(self, connection: Connection, *, most: int) -> int:
        """Erase a connection's refreshes, its budget and events that waited for it."""
        rows = list(islice(self._records_of(connection), most))
        waiting = islice(self._waiting_for(connection), max(1, (most - len(rows)) // 2))
        if len(rows) < most:
            rows += [row for pair in waiting for row in pair]
        return _erase(self._connections, rows)

    def disconnect(self, connection: Connection) -> None:
        """Erase the connection's row; its id at the provider stays taken for good."""
        table, user_id = self._connections, connection.user_id
        reverse = keys.connection_owner(connection.provider, connection.link.provider_connection_id)
        try:
            table.transact(
                table.deleting(
                    keys.connection(user_id, connection.id),
                    condition="version = :seen",
                    values={":seen": connection.version},
                ),
                table.updating(reverse, "SET is_removed = :yes", {":yes": True}),
            )
        except TransactionRefused as refused:
            raise ConcurrentChange(connection.id) from refused

    def forget_provider_user(self, provider: Provider, subject: str) -> None:
        """Forget whose a provider's user is, so that no late webhook adopts anything."""
        _erase(self._connections, [keys.provider_user_owner(provider, subject)])

    def erase_user(self, user_id: str, *, most: int) -> int:
        """Erase whatever else is kept of a user, but for the ledger."""
        table = self._connections
        ranges = (
            table.query_between(*each, attributes=_KEY) for each in keys.rest_of_user(user_id)
        )
        return _erase(table, islice(chain.from_iterable(ranges), most))

    def _records_of(self, connection: Connection) -> Iterator[keys.Key]:
        table, owner = self._connections, (connection.user_id, connection.id)
        budget = keys.connection_budget(*owner)
        if table.get(budget) is not None:
            yield budget
        refreshes = keys.refresh(*owner, "")
        yield from table.query(refreshes["PK"], refreshes["SK"])

    def _waiting_for(self, connection: Connection) -> Iterator[tuple[keys.Key, keys.Key]]:
        # Events that found their connection at once are not found from here: they expire.
        provider, name = connection.provider, connection.link.provider_connection_id
        partition, prefix = keys.parked_partition(provider), f"{keys.PARKED_PREFIX}{name}#"
        for event in self._connections.query(partition, prefix):
            yield keys.inbox(provider, event["id"]), event


def _erase(table: Table, rows: Iterable[keys.Key]) -> int:
    deletes = [table.batch_delete({name: row[name] for name in _KEY}) for row in rows]
    write_all(table, deletes)
    return len(deletes)
