"""What a reading changes, written to SnapshotsTable: all of it becomes visible, or nothing."""

from collections.abc import Collection
from datetime import timedelta, tzinfo

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.change_items import changes_to_items
from freshet.adapters.dynamodb.chunked_blobs import Documents
from freshet.adapters.dynamodb.daily_valuations import Closes
from freshet.adapters.dynamodb.holdings_documents import to_document
from freshet.adapters.dynamodb.snapshot_items import snapshot_to_item
from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
from freshet.adapters.dynamodb.table import Item, Table, TransactionRefused
from freshet.domain.daily_valuations import closing_day
from freshet.domain.errors import ConcurrentChange, Erased
from freshet.domain.instants import to_text
from freshet.domain.snapshot import HoldingsSnapshot, Outcome

_MANY_LINES, _LONG_SOURCE = 500, 200_000
PARTS_OUTLIVE = timedelta(days=1)
"""A reader that has just read a version's row still finds its parts."""


class DynamoSnapshotStore:
    """The port SnapshotStore: immutable versions, one moving `latest`, a close for each day."""

    def __init__(self, table: Table, *, retention: timedelta, zone: tzinfo) -> None:
        """Bind to SnapshotsTable; versions expire after a while, days end in a time zone."""
        self._table = table
        self._retention = retention
        self._zone = zone
        self._snapshots = DynamoSnapshots(table)
        self._documents = Documents(table)
        self._closes = Closes(table, zone)

    def latest(self, user_id: str, account_id: str) -> HoldingsSnapshot | None:
        """Read the newest, or None before the first load; what cannot be read is not replaced."""
        item = self._table.get(keys.latest(user_id, account_id))
        return None if item is None else self._snapshots.whole(item)

    def newest_of(
        self, user_id: str, account_ids: Collection[str]
    ) -> dict[str, HoldingsSnapshot | None]:
        """Read the newest of several accounts at once; one that cannot be read is left out."""
        return self._snapshots.newest_of(user_id, account_ids)

    def store(
        self, user_id: str, account_id: str, outcome: Outcome, *, before: HoldingsSnapshot | None
    ) -> bool:
        """Write what a reading changed; False if another reader stored something newer meanwhile.

        Raises SnapshotTooLarge or Erased, with nothing written that anybody sees.
        """
        if outcome.latest is None:
            return True
        rows = self._rows(user_id, account_id, outcome, outcome.latest, before)
        try:
            self._write(*rows, before=before)
        except (ConcurrentChange, TransactionRefused):
            return False
        if _may_be_in_parts(outcome.latest) or (before and _may_be_in_parts(before)):
            self._documents.let_go_before(
                keys.latest(user_id, account_id),
                outcome.latest.dates_token,
                now=outcome.latest.fetched_at,
            )
        return True

    def _rows(
        self,
        user_id: str,
        account_id: str,
        outcome: Outcome,
        latest: HoldingsSnapshot,
        before: HoldingsSnapshot | None,
    ) -> tuple[Item, list[Item]]:
        """Give `latest`, and the rows that appear together with it for the first time."""
        key = keys.latest(user_id, account_id)
        document = to_document(latest.holdings)
        row = snapshot_to_item(latest)
        newest = {
            **key,
            **row,
            **self._documents.placed(document, key, token=latest.dates_token),
        }
        others = []
        if outcome.is_new_version:
            others += [self._version(user_id, account_id, row, document, latest)]
            others += changes_to_items(user_id, account_id, latest, outcome.changes)
        closing = closing_day(before, latest)
        if before is not None and closing is not None:
            others += [self._closes.row(user_id, account_id, closing, before)]
        return newest, others

    def _version(
        self, user_id: str, account_id: str, row: Item, document: bytes, latest: HoldingsSnapshot
    ) -> Item:
        key = keys.version(user_id, account_id, latest.version)
        expires_at = latest.fetched_at + self._retention
        return {
            **key,
            **row,
            **self._documents.placed(document, key, expires_at=expires_at + PARTS_OUTLIVE),
            "expires_at": int(expires_at.timestamp()),
        }

    def _write(self, latest: Item, others: list[Item], *, before: HoldingsSnapshot | None) -> None:
        condition, values = _unmoved_since(before)
        if not others:
            # Erased, there is no `latest` any more whose dates could be as they were.
            self._table.put(latest, condition=condition, values=values)
            return
        tombstone = {"PK": latest["PK"], "SK": keys.ERASED}
        try:
            self._table.transact(
                self._table.checking(tombstone, "attribute_not_exists(PK)"),
                self._table.putting(latest, condition=condition, values=values),
                *(self._table.putting(row, condition=_condition_of(row)) for row in others),
            )
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise Erased(latest["PK"]) from refused
            raise


def _unmoved_since(before: HoldingsSnapshot | None) -> tuple[str, dict[str, str] | None]:
    if before is None:
        return "attribute_not_exists(PK)", None
    unmoved, values = "dates_token = :before", {":before": before.dates_token}
    if before.empty_seen_as_of is None:
        return f"{unmoved} AND attribute_not_exists(empty_seen_as_of)", values
    seen = {":seen": to_text(before.empty_seen_as_of)}
    return f"{unmoved} AND empty_seen_as_of = :seen", values | seen


def _condition_of(row: Item) -> str | None:
    # A day that was closed by a reader with other dates is closed again with what is newer.
    is_close = row["SK"].startswith(keys.CLOSE_PREFIX)
    return None if is_close else "attribute_not_exists(PK)"


def _may_be_in_parts(snapshot: HoldingsSnapshot) -> bool:
    # Only a first guess, to spare most accounts a query: lines compress to less than this.
    holdings = snapshot.holdings
    return len(holdings.positions) > _MANY_LINES or len(holdings.source) > _LONG_SOURCE
