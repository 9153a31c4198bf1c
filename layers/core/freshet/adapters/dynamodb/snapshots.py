"""The newest holdings of accounts in SnapshotsTable."""

from collections.abc import Collection, Iterator

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.chunked_blobs import Documents
from freshet.adapters.dynamodb.snapshot_items import SUMMARY, snapshot_from_item, summary_from_item
from freshet.adapters.dynamodb.stored_forms import readable
from freshet.adapters.dynamodb.table import Item, Table
from freshet.domain.snapshot import HoldingsSnapshot, SnapshotSummary


class DynamoSnapshots:
    """The port Snapshots."""

    def __init__(self, table: Table) -> None:
        """Bind to SnapshotsTable."""
        self._table = table
        self._documents = Documents(table)

    def latest(self, user_id: str, account_id: str) -> HoldingsSnapshot | None:
        """Read the newest, or None before the first load."""
        item = self._table.get(keys.latest(user_id, account_id))
        return next(readable(self.whole, [item] if item else []), None)

    def latest_of(self, user_id: str, account_ids: Collection[str]) -> dict[str, HoldingsSnapshot]:
        """Read the newest of several accounts at once."""
        found = self._rows_of(user_id, account_ids, ())
        return dict(readable(lambda each: (each[0], self.whole(each[1])), found))

    def newest_of(
        self, user_id: str, account_ids: Collection[str]
    ) -> dict[str, HoldingsSnapshot | None]:
        """Read the newest of several accounts at once; one that cannot be read is left out."""
        found = dict(self._rows_of(user_id, account_ids, ()))
        known = dict(readable(lambda each: (each[0], self.whole(each[1])), found.items()))
        return {each: known.get(each) for each in account_ids if each in known or each not in found}

    def summaries_of(
        self, user_id: str, account_ids: Collection[str]
    ) -> dict[str, SnapshotSummary]:
        """Read what the newest of several accounts are worth, without their lines."""
        found = self._rows_of(user_id, account_ids, SUMMARY)
        return dict(readable(lambda each: (each[0], summary_from_item(each[1])), found))

    def whole(self, item: Item) -> HoldingsSnapshot:
        """Read a row and its document; raises what a row raises that cannot be read."""
        return snapshot_from_item(item, self._documents.of(item))

    def _rows_of(
        self, user_id: str, account_ids: Collection[str], attributes: Collection[str]
    ) -> Iterator[tuple[str, Item]]:
        wanted = {keys.latest(user_id, each)["PK"]: each for each in account_ids}
        rows = [keys.latest(user_id, each) for each in account_ids]
        for item in self._table.get_many(rows, attributes=attributes):
            yield wanted[item["PK"]], item
