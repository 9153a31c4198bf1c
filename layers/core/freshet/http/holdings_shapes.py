"""The JSON shapes of what accounts hold, held and are worth."""

from collections.abc import Iterable
from typing import Any

from freshet.domain.closes import Day
from freshet.domain.freshness import Freshness
from freshet.domain.holdings import Balance, Instrument, Position, Total
from freshet.domain.holdings_changes import Line
from freshet.domain.instants import optional_to_text, to_text
from freshet.domain.money import decimal_to_text
from freshet.domain.money import optional_decimal_to_text as text_of
from freshet.domain.snapshot import HoldingsSnapshot, RecordedChange, SnapshotSummary

Shape = dict[str, Any]


def holdings_shape(
    account_id: str,
    snapshot: HoldingsSnapshot | None,
    freshness: Freshness,
    *,
    page: slice = slice(None),
) -> Shape:
    """Show what an account holds; before the first load nothing is known, which is not nothing."""
    holdings = snapshot.holdings if snapshot else None
    return {
        "account_id": account_id,
        "version": snapshot.version if snapshot else None,
        "positions": position_shapes(holdings.positions[page]) if holdings else None,
        "balances": [_balance_shape(each) for each in holdings.balances] if holdings else None,
        "totals": total_shapes(holdings.totals()) if holdings else None,
        "freshness": freshness_shape(freshness),
    }


def freshness_shape(freshness: Freshness) -> Shape:
    """Show every date, the verdict and its reason."""
    return {
        "status": freshness.status,
        "reason": freshness.reason,
        "broker_as_of": optional_to_text(freshness.broker_as_of),
        "provider_synced_at": optional_to_text(freshness.provider_synced_at),
        "fetched_at": optional_to_text(freshness.fetched_at),
        "changed_at": optional_to_text(freshness.changed_at),
        "ageing_at": optional_to_text(freshness.ageing_at),
        "stale_at": optional_to_text(freshness.stale_at),
        "next_attempt_at": optional_to_text(freshness.next_attempt_at),
    }


def version_shape(summary: SnapshotSummary) -> Shape:
    """Show a version in short."""
    return {
        "version": summary.version,
        "data_as_of": to_text(summary.data_as_of),
        "broker_as_of": optional_to_text(summary.broker_as_of),
        "provider_synced_at": optional_to_text(summary.provider_synced_at),
        "changed_at": to_text(summary.changed_at),
        "position_count": summary.line_count,
        "totals": total_shapes(summary.totals),
    }


def change_shape(recorded: RecordedChange) -> Shape:
    """Show one line before and after."""
    change = recorded.change
    line = change.after or change.before
    instrument = _instrument_shape(line.instrument) if isinstance(line, Position) else None
    return {
        "version": recorded.version,
        "changed_at": to_text(recorded.changed_at),
        "kind": change.kind,
        "instrument": instrument,
        "currency": line.currency if line else None,
        "before": _line_shape(change.before),
        "after": _line_shape(change.after),
    }


def day_shape(day: Day) -> Shape:
    """Show what an account was worth at the end of a day; of a gap nothing is known."""
    return {
        "day": day.day.isoformat(),
        "origin": day.origin,
        "data_as_of": to_text(day.close.data_as_of) if day.close else None,
        "totals": total_shapes(day.close.totals) if day.close else None,
    }


def position_shapes(positions: Iterable[Position]) -> list[Shape]:
    """Show lines."""
    return [
        {
            "instrument": _instrument_shape(each.instrument),
            "units": text_of(each.units),
            "price": text_of(each.price),
            "value": text_of(each.value),
            "cost_per_unit": text_of(each.cost_per_unit),
            "currency": each.currency,
            "cash_equivalent": each.cash_equivalent,
            "lots": _lot_shapes(each),
        }
        for each in positions
    ]


def total_shapes(totals: Iterable[Total]) -> list[Shape]:
    """Show totals, one for each currency."""
    return [
        {
            "currency": each.currency,
            "positions": decimal_to_text(each.positions),
            "cash": decimal_to_text(each.cash),
            "total": decimal_to_text(each.total),
            "unpriced_positions": each.unpriced_positions,
        }
        for each in totals
    ]


def _instrument_shape(instrument: Instrument) -> Shape:
    option = instrument.option
    return {
        "kind": instrument.kind,
        "symbol": instrument.symbol,
        "name": instrument.name,
        "currency": instrument.currency,
        "mic": instrument.mic,
        "figi": instrument.figi,
        "option": None
        if option is None
        else {
            "side": option.side,
            "strike": text_of(option.strike),
            "expires_on": option.expires_on.isoformat() if option.expires_on else None,
            "multiplier": decimal_to_text(option.multiplier),
            "underlying": option.underlying,
        },
    }


def _line_shape(line: Line | None) -> Shape | None:
    if line is None:
        return None
    if isinstance(line, Balance):
        return {"cash": text_of(line.cash)}
    return {
        "units": text_of(line.units),
        "price": text_of(line.price),
        "cost_per_unit": text_of(line.cost_per_unit),
        "cash_equivalent": line.cash_equivalent,
        "lots": _lot_shapes(line),
    }


def _lot_shapes(position: Position) -> list[Shape]:
    return [
        {
            "acquired_at": lot.acquired_at,
            "units": text_of(lot.units),
            "cost_per_unit": text_of(lot.cost_per_unit),
        }
        for lot in position.lots
    ]


def _balance_shape(balance: Balance) -> Shape:
    return {
        "currency": balance.currency,
        "cash": text_of(balance.cash),
        "buying_power": text_of(balance.buying_power),
    }
