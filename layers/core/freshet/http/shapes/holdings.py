"""What accounts hold, held and are worth, as JSON."""

from freshet.domain.daily_valuations import Day, DayOrigin
from freshet.domain.freshness import Freshness
from freshet.domain.holdings import Balance, Debt, Line, Part
from freshet.domain.holdings_changes import ChangeKind
from freshet.domain.instants import optional_to_text, to_text
from freshet.domain.positions import Position
from freshet.domain.snapshot import HoldingsSnapshot, RecordedChange, SnapshotSummary
from freshet.domain.totals import totals_of
from freshet.http.shapes.freshness import FreshnessShape, freshness_shape
from freshet.http.shapes.positions import (
    BalanceShape,
    DebtShape,
    InstrumentShape,
    PositionLineShape,
    PositionShape,
    balance_shapes,
    debt_shapes,
    instrument_shape,
    position_line_shape,
    position_shapes,
)
from freshet.http.shapes.records import shape_of
from freshet.http.shapes.totals import (
    ReconciliationShape,
    TotalShape,
    optional_total_shapes,
    reconciliation_shape,
)
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
    """Null while unknown: before the first load, or where the provider's answer lacked them."""
    balances: list[BalanceShape] | None
    debts: list[DebtShape] | None
    totals: list[TotalShape] | None
    """Of all positions, also of those on other pages; null where a part is unknown."""
    reconciliation: ReconciliationShape | None
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
    totals: list[TotalShape] | None
    reconciliation: ReconciliationShape


class CashLineShape(Shape):
    """Cash before or after a change."""

    cash: DecimalText | None


class DebtLineShape(Shape):
    """A debt before or after a change."""

    amount: DecimalText | None


type LineShape = PositionLineShape | CashLineShape | DebtLineShape


class ChangeShape(Shape):
    """One line that a version made different; the instrument is null for cash and debt."""

    version: str
    changed_at: Instant
    kind: ChangeKind
    instrument: InstrumentShape | None
    currency: CurrencyCode | None
    before: LineShape | None
    after: LineShape | None


class DayShape(Shape):
    """What an account was worth at the end of a day, by the prices of that day."""

    day: DayText
    origin: DayOrigin
    """`close`: the day's own. `carried`: looked at, and nothing newer was there. `gap`: unknown."""
    data_as_of: Instant | None
    totals: list[TotalShape] | None
    is_partly_unreadable: bool
    """Whether lines of it have old or unknown numbers."""


def holdings_shape(
    account_id: str,
    snapshot: HoldingsSnapshot | None,
    freshness: Freshness,
    *,
    page: slice = slice(None),
    next_cursor: str | None = None,
) -> HoldingsShape:
    """Show what an account holds; before the first load nothing is known, which is not nothing."""
    shape: HoldingsShape = {
        "account_id": account_id,
        "version": None,
        "positions": None,
        "balances": None,
        "debts": None,
        "totals": None,
        "reconciliation": None,
        "freshness": freshness_shape(freshness),
        "next_cursor": next_cursor,
    }
    if snapshot is None:
        return shape
    holdings = snapshot.holdings
    shape["version"] = snapshot.version
    if Part.POSITIONS not in holdings.missing_parts:
        shape["positions"] = position_shapes(account_id, holdings.positions)[page]
    if Part.BALANCES not in holdings.missing_parts:
        shape["balances"] = balance_shapes(holdings)
    shape["debts"] = debt_shapes(holdings)
    totals = totals_of(holdings)
    shape["totals"] = optional_total_shapes(totals)
    shape["reconciliation"] = reconciliation_shape(snapshot.reconciliation, totals)
    return shape


def version_shape(summary: SnapshotSummary) -> VersionShape:
    """Show a version in short."""
    return {
        "version": summary.version,
        "data_as_of": to_text(summary.data_as_of),
        "broker_as_of": optional_to_text(summary.broker_as_of),
        "provider_synced_at": optional_to_text(summary.provider_synced_at),
        "changed_at": to_text(summary.changed_at),
        "position_count": summary.line_count,
        "totals": optional_total_shapes(summary.totals),
        "reconciliation": reconciliation_shape(summary.reconciliation, summary.totals),
    }


def change_shape(recorded: RecordedChange) -> ChangeShape:
    """Show one line before and after."""
    change = recorded.change
    line = change.after or change.before
    instrument = instrument_shape(line.instrument) if isinstance(line, Position) else None
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
        "totals": optional_total_shapes(day.close.totals) if day.close else None,
        "is_partly_unreadable": day.close is not None and day.close.is_partly_unreadable,
    }


def _line_shape(line: Line | None) -> LineShape | None:
    if line is None:
        return None
    if isinstance(line, Balance):
        return shape_of(CashLineShape, line)
    return shape_of(DebtLineShape, line) if isinstance(line, Debt) else position_line_shape(line)
