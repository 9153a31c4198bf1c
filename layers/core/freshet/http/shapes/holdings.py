"""What accounts hold, held and are worth, as JSON."""

from freshet.domain.daily_valuations import Day, DayOrigin
from freshet.domain.freshness import Freshness
from freshet.domain.holdings import Balance, Position
from freshet.domain.holdings_changes import ChangeKind, Line
from freshet.domain.instants import optional_to_text, to_text
from freshet.domain.snapshot import HoldingsSnapshot, RecordedChange, SnapshotSummary
from freshet.http.shapes.freshness import FreshnessShape, freshness_shape
from freshet.http.shapes.positions import (
    BalanceShape,
    InstrumentShape,
    PositionLineShape,
    PositionShape,
    TotalShape,
)
from freshet.http.shapes.records import shape_of, shapes_of
from freshet.http.shapes.vocabulary import (
    AccountId,
    CurrencyCode,
    Cursor,
    DayText,
    DecimalText,
    Instant,
    Shape,
)


class HoldingsShape(Shape):
    """What an account holds; null before the first load, which is not the same as nothing."""

    account_id: AccountId
    version: str | None
    """Names the content: it changes with units, cost, cash and instruments, not with prices."""
    positions: list[PositionShape] | None
    balances: list[BalanceShape] | None
    totals: list[TotalShape] | None
    """Of all positions, also of those on other pages."""
    freshness: FreshnessShape
    next_cursor: Cursor | None


class VersionShape(Shape):
    """A version of an account's holdings in short."""

    version: str
    data_as_of: Instant
    broker_as_of: Instant | None
    provider_synced_at: Instant | None
    changed_at: Instant
    position_count: int
    totals: list[TotalShape]


class CashLineShape(Shape):
    """Cash before or after a change."""

    cash: DecimalText | None


type LineShape = PositionLineShape | CashLineShape


class ChangeShape(Shape):
    """One line that a version made different; the instrument is null for cash."""

    version: str
    changed_at: Instant
    kind: ChangeKind
    instrument: InstrumentShape | None
    currency: CurrencyCode | None
    before: LineShape | None
    after: LineShape | None


class DayShape(Shape):
    """What an account was worth at the end of a day, in the deployment's reporting time zone."""

    day: DayText
    origin: DayOrigin
    """`close`: the day's own. `carried`: looked at, and nothing newer was there. `gap`: unknown."""
    data_as_of: Instant | None
    totals: list[TotalShape] | None


def holdings_shape(
    account_id: str,
    snapshot: HoldingsSnapshot | None,
    freshness: Freshness,
    *,
    page: slice = slice(None),
    next_cursor: str | None = None,
) -> HoldingsShape:
    """Show what an account holds; before the first load nothing is known, which is not nothing."""
    holdings = snapshot.holdings if snapshot else None
    return {
        "account_id": account_id,
        "version": snapshot.version if snapshot else None,
        "positions": shapes_of(PositionShape, holdings.positions[page]) if holdings else None,
        "balances": shapes_of(BalanceShape, holdings.balances) if holdings else None,
        "totals": shapes_of(TotalShape, holdings.totals()) if holdings else None,
        "freshness": freshness_shape(freshness),
        "next_cursor": next_cursor,
    }


def version_shape(summary: SnapshotSummary) -> VersionShape:
    """Show a version in short."""
    return {
        "version": summary.version,
        "data_as_of": to_text(summary.data_as_of),
        "broker_as_of": optional_to_text(summary.broker_as_of),
        "provider_synced_at": optional_to_text(summary.provider_synced_at),
        "changed_at": to_text(summary.changed_at),
        "position_count": summary.line_count,
        "totals": shapes_of(TotalShape, summary.totals),
    }


def change_shape(recorded: RecordedChange) -> ChangeShape:
    """Show one line before and after."""
    change = recorded.change
    line = change.after or change.before
    instrument = shape_of(InstrumentShape, line.instrument) if isinstance(line, Position) else None
    return {
        "version": recorded.version,
        "changed_at": to_text(recorded.changed_at),
        "kind": change.kind,
        "instrument": instrument,
        "currency": line.currency if line else None,
        "before": _line_shape(change.before),
        "after": _line_shape(change.after),
    }


def day_shape(day: Day) -> DayShape:
    """Show what an account was worth at the end of a day; of a gap nothing is known."""
    return {
        "day": day.day.isoformat(),
        "origin": day.origin,
        "data_as_of": to_text(day.close.data_as_of) if day.close else None,
        "totals": shapes_of(TotalShape, day.close.totals) if day.close else None,
    }


def _line_shape(line: Line | None) -> LineShape | None:
    if line is None:
        return None
    if isinstance(line, Balance):
        return shape_of(CashLineShape, line)
    return shape_of(PositionLineShape, line)
