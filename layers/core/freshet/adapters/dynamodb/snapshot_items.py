"""The shape of a snapshot as a row: dates and totals in the open, holdings as one document."""

from datetime import date
from typing import Any

from freshet.adapters.dynamodb.holdings_documents import from_document
from freshet.adapters.dynamodb.stored_forms import StoredForm
from freshet.adapters.dynamodb.table import Item
from freshet.domain.daily_valuations import DailyValuation
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text
from freshet.domain.plain_values import from_plain, to_plain
from freshet.domain.price_days import PriceDays
from freshet.domain.reconciliation import Reconciliation
from freshet.domain.snapshot import HoldingsSnapshot, SnapshotDates, SnapshotSummary
from freshet.domain.totals import Total, totals_of

_OPTIONAL_DATES = ("broker_as_of", "provider_synced_at", "empty_seen_as_of", "empty_seen_at")
_DATES = ("fetched_at", "changed_at")

SUMMARY = (
    *(
        "format",
        "version",
        "dates_token",
        "day",
        "seen_from",
        "is_partial",
        "prices",
        *_OPTIONAL_DATES,
        *_DATES,
    ),
    *("totals", "line_count", "reconciliation", "has_unreadable_lines"),
)
"""The attributes that a summary is read from: the document stays where it is."""


def snapshot_to_item(snapshot: HoldingsSnapshot) -> Item:
    """Give a snapshot the shape of its row, without key and document."""
    return {
        "format": SNAPSHOT.newest,
        "version": snapshot.version,
        "dates_token": snapshot.dates_token,
        "content_hash": bytes.fromhex(snapshot.content_hash),
        **{name: optional_to_text(getattr(snapshot, name)) for name in _OPTIONAL_DATES},
        **{name: to_text(getattr(snapshot, name)) for name in _DATES},
        "day": snapshot.day.isoformat(),
        "seen_from": snapshot.seen_from.isoformat(),
        "is_partial": snapshot.is_partial,
        "prices": to_plain(snapshot.prices),
        "totals": to_plain(totals_of(snapshot.holdings)),
        "line_count": len(snapshot.holdings.positions),
        "reconciliation": to_plain(snapshot.reconciliation),
        "has_unreadable_lines": snapshot.is_partly_unreadable,
    }


def snapshot_from_item(item: Item, document: bytes) -> HoldingsSnapshot:
    """Read a snapshot from its row and its document."""
    return SNAPSHOT.reader_of(item)(item, document)


def _snapshot_from_format_1(item: Item, document: bytes) -> HoldingsSnapshot:
    return HoldingsSnapshot(
        **dates_from_item(item),
        content_hash=item["content_hash"].hex(),
        holdings=from_document(document),
    )


def summary_from_item(item: Item) -> SnapshotSummary:
    """Read what a row says without its document."""
    return _SUMMARY.reader_of(item)(item)


def _summary_from_format_1(item: Item) -> SnapshotSummary:
    return SnapshotSummary(
        **dates_from_item(item),
        totals=_totals_in(item),
        line_count=int(item["line_count"]),
        reconciliation=from_plain(Reconciliation, item["reconciliation"]),
        has_unreadable_lines=item["has_unreadable_lines"],
    )


SNAPSHOT = StoredForm("a snapshot", _snapshot_from_format_1)
_SUMMARY = StoredForm("a snapshot", _summary_from_format_1)


def close_from_item(item: Item) -> DailyValuation:
    """Read what a closed day was worth."""
    return _DAY.reader_of(item)(item)


def _day_from_format_1(item: Item) -> DailyValuation:
    return DailyValuation(
        day=date.fromisoformat(item["day"]),
        seen_from=date.fromisoformat(item["seen_from"]),
        seen_on=date.fromisoformat(item["seen_on"]),
        data_as_of=SnapshotDates(**dates_from_item(item)).data_as_of,
        totals=_totals_in(item),
        is_partly_unreadable=item["is_partial"],
    )


_DAY = StoredForm("a daily valuation", _day_from_format_1)


def _totals_in(item: Item) -> tuple[Total, ...] | None:
    totals = item.get("totals")
    return None if totals is None else tuple(from_plain(Total, each) for each in totals)


def dates_from_item(item: Item) -> dict[str, Any]:
    """Read the fields of SnapshotDates."""
    return {
        "version": item["version"],
        "dates_token": item["dates_token"],
        "day": date.fromisoformat(item["day"]),
        "seen_from": date.fromisoformat(item["seen_from"]),
        "is_partial": item["is_partial"],
        "prices": from_plain(PriceDays | None, item.get("prices")),
        **{name: optional_from_text(item.get(name)) for name in _OPTIONAL_DATES},
        **{name: from_text(item[name]) for name in _DATES},
    }
