"""Daily closes as rows: our own lines alone, most of them against the month's first close."""

from copy import replace
from datetime import date, tzinfo

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.chunked_blobs import Documents
from freshet.adapters.dynamodb.holdings_documents import (
    from_close_document,
    to_close_document,
)
from freshet.adapters.dynamodb.snapshot_items import dates_from_item, snapshot_to_item
from freshet.adapters.dynamodb.stored_forms import StoredForm
from freshet.adapters.dynamodb.table import Item, Table
from freshet.domain.holdings import Holdings
from freshet.domain.price_days import market_day
from freshet.domain.snapshot import HoldingsSnapshot


class Closes:
    """Makes the row of a close and reads it back."""

    def __init__(self, table: Table, zone: tzinfo) -> None:
        """Bind to SnapshotsTable; days end in a time zone."""
        self._table = table
        self._zone = zone
        self._documents = Documents(table)

    def row(self, user_id: str, account_id: str, day: date, last: HoldingsSnapshot) -> Item:
        """Give the last state of a day the shape of the day's close."""
        key = keys.close(user_id, account_id, day)
        base, document = self._packed(user_id, account_id, day, last.holdings)
        seen_on = market_day(last.fetched_at, self._zone)
        row = snapshot_to_item(replace(last, empty_seen_as_of=None, empty_seen_at=None))
        del row["content_hash"]
        return {
            **key,
            **row,
            "seen_on": seen_on.isoformat(),
            "base": base,
            "format": _LINES.newest,
            **self._documents.placed(document, key),
        }

    def newest(self, user_id: str, account_id: str, *, until: date) -> HoldingsSnapshot | None:
        """Read the close of a day, else the last one before it."""
        first = keys.close(user_id, account_id, date.min)
        last = keys.close(user_id, account_id, until)
        rows, _ = self._table.page_between(first["PK"], first["SK"], last["SK"], limit=1)
        return self._snapshot(user_id, account_id, rows[0]) if rows else None

    def _packed(
        self, user_id: str, account_id: str, day: date, holdings: Holdings
    ) -> tuple[str | None, bytes]:
        alone = to_close_document(holdings, base=None)
        first = keys.close(user_id, account_id, day.replace(day=1))
        row = self._table.first_between(
            first["PK"], first["SK"], keys.close(user_id, account_id, day)["SK"]
        )
        if row is None or row["day"] == day.isoformat() or "base" in row:
            return None, alone
        against = to_close_document(holdings, base=self._holdings(row, None))
        # What is larger than deflate's window is better off alone.
        return (row["day"], against) if len(against) < len(alone) else (None, alone)

    def _snapshot(self, user_id: str, account_id: str, row: Item) -> HoldingsSnapshot:
        holdings = self._holdings(row, self._base_of(user_id, account_id, row))
        return HoldingsSnapshot(
            **dates_from_item(row), content_hash=holdings.content_hash(), holdings=holdings
        )

    def _base_of(self, user_id: str, account_id: str, row: Item) -> Holdings | None:
        if "base" not in row:
            return None
        key = keys.close(user_id, account_id, date.fromisoformat(row["base"]))
        base = self._table.get(key)
        if base is None:
            raise ValueError(f"the close of {row['base']} is missing")
        return self._holdings(base, None)

    def _holdings(self, row: Item, base: Holdings | None) -> Holdings:
        return _LINES.reader_of(row)(self._documents.of(row), base=base)


_LINES = StoredForm("a daily valuation", from_close_document)
