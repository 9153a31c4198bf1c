"""What was: versions, changes and daily closes, newest first, one query for each page."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.change_items import changes_from_item
from freshet.adapters.dynamodb.chunked_blobs import Documents
from freshet.adapters.dynamodb.daily_valuations import Closes
from freshet.adapters.dynamodb.snapshot_items import (
    close_from_item,
    snapshot_from_item,
    summary_from_item,
)
from freshet.adapters.dynamodb.stored_forms import readable
from freshet.adapters.dynamodb.table import Item, Table
from freshet.domain.daily_valuations import DailyValuation
from freshet.domain.errors import InvalidField
from freshet.domain.instants import to_text
from freshet.domain.snapshot import HoldingsSnapshot, RecordedChange, SnapshotSummary
from freshet.domain.spans import Span
from freshet.ports import Clock

_ABOVE = "~~"  # sorts after all that follows an instant in a token


class DynamoSnapshotHistory:
    """The port SnapshotHistory on SnapshotsTable."""

    def __init__(self, table: Table, *, zone: tzinfo, clock: Clock) -> None:
        """Bind to SnapshotsTable; what has expired by the clock is not shown."""
        self._table = table
        self._clock = clock
        self._documents = Documents(table)
        self._closes = Closes(table, zone)

    def version_at(
        self, user_id: str, account_id: str, instant: datetime
    ) -> HoldingsSnapshot | None:
        """Read the version whose content was in force at an instant; None once it has expired."""
        partition = keys.account_partition(user_id, account_id)
        last = keys.VERSION_PREFIX + to_text(instant) + _ABOVE
        rows, _ = self._table.page_between(partition, keys.VERSION_PREFIX, last, limit=1)
        if not rows or self._is_expired(rows[0]):
            return None
        whole = readable(lambda row: snapshot_from_item(row, self._documents.of(row)), rows)
        return next(whole, None)

    def close_on(self, user_id: str, account_id: str, day: date) -> HoldingsSnapshot | None:
        """Read the close of a day, else the last one before it."""
        return self._closes.newest(user_id, account_id, until=day)

    def versions(
        self, user_id: str, account_id: str, span: Span, *, limit: int, after: str | None
    ) -> tuple[Sequence[SnapshotSummary], str | None]:
        """Read a page of versions and the mark after which the next one begins."""
        first, last = _bounds(keys.VERSION_PREFIX, span, after)
        partition = keys.account_partition(user_id, account_id)
        rows, rest = self._table.page_with_next(partition, first, last, limit=limit)
        kept = [row for row in rows if not self._is_expired(row)]
        return list(readable(summary_from_item, kept)), rest

    def changes(
        self, user_id: str, account_id: str, span: Span, *, limit: int, after: str | None
    ) -> tuple[Sequence[RecordedChange], str | None]:
        """Read a page of changes and the mark after which the next one begins."""
        start, skipped = _place(after)
        first, last = _bounds(keys.CHANGE_PREFIX, span, start)
        partition = keys.account_partition(user_id, account_id)
        # Each row holds at least one change, most hold few.
        rows, rest = self._table.page_with_next(partition, first, last, limit=limit)
        page: list[RecordedChange] = []
        for row in rows:
            there = next(readable(changes_from_item, [row]), ())[skipped:]
            room = limit - len(page)
            page += there[:room]
            if len(there) > room:
                return page, f"{row['SK']}@{skipped + room}"
            skipped = 0
        return page, rest and f"{rest}@0"

    def closes(
        self, user_id: str, account_id: str, *, until: date, limit: int
    ) -> tuple[Sequence[DailyValuation], bool]:
        """Read closes from a day backwards, and whether there may be more."""
        partition = keys.account_partition(user_id, account_id)
        last = keys.close(user_id, account_id, until)["SK"]
        rows, has_more = self._table.page_between(partition, keys.CLOSE_PREFIX, last, limit=limit)
        return list(readable(close_from_item, rows)), has_more

    def _is_expired(self, row: Item) -> bool:
        return bool(row["expires_at"] <= self._clock().timestamp())


def _bounds(prefix: str, span: Span, last: str | None) -> tuple[str, str]:
    start = to_text(span.start) if span.start else ""
    end = to_text(span.end) if span.end else _ABOVE
    return prefix + start, min(prefix + end, last or prefix + _ABOVE)


def _place(mark: str | None) -> tuple[str | None, int]:
    if mark is None:
        return None, 0
    sort_key, _, skipped = mark.rpartition("@")
    if not skipped.isdecimal():
        raise InvalidField("cursor", "is not one of ours")
    return sort_key, int(skipped)
