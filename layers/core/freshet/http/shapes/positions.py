"""The lines of a portfolio and what they come to, as JSON."""

from collections.abc import Iterable

from freshet.domain.holdings import Balance, Instrument, Position, Total
from freshet.domain.money import decimal_to_text
from freshet.domain.money import optional_decimal_to_text as text_of
from freshet.http.shapes.vocabulary import CurrencyCode, DayText, DecimalText, Shape


class OptionShape(Shape):
    """The terms of an option; units count contracts of `multiplier` underlyings."""

    side: str | None
    strike: DecimalText | None
    expires_on: DayText | None
    multiplier: DecimalText
    underlying: str | None


class InstrumentShape(Shape):
    """What is held."""

    kind: str
    """An open list: `stock`, `etf`, `option`, `crypto`, …"""
    symbol: str | None
    name: str | None
    currency: CurrencyCode | None
    mic: str | None
    """The exchange, ISO 10383."""
    figi: str | None
    option: OptionShape | None


class LotShape(Shape):
    """A tax lot, as far as the broker tells it apart."""

    acquired_at: str | None
    """As the broker writes it."""
    units: DecimalText | None
    cost_per_unit: DecimalText | None


class PositionShape(Shape):
    """One line of a portfolio; a short has negative units."""

    instrument: InstrumentShape
    units: DecimalText | None
    price: DecimalText | None
    value: DecimalText | None
    """As the institution states it, else units times price (times the option's multiplier)."""
    cost_per_unit: DecimalText | None
    currency: CurrencyCode | None
    cash_equivalent: bool
    """Counted as cash in the totals, once."""
    lots: list[LotShape]


class BalanceShape(Shape):
    """Cash in one currency."""

    currency: CurrencyCode | None
    cash: DecimalText | None
    buying_power: DecimalText | None


class TotalShape(Shape):
    """What everything in one currency comes to; currencies are never added together."""

    currency: CurrencyCode | None
    positions: DecimalText
    cash: DecimalText
    total: DecimalText
    unpriced_positions: int
    """Lines without a price, which the total lacks."""


def position_shapes(positions: Iterable[Position]) -> list[PositionShape]:
    """Show lines."""
    return [
        {
            "instrument": instrument_shape(each.instrument),
            "units": text_of(each.units),
            "price": text_of(each.price),
            "value": text_of(each.value),
            "cost_per_unit": text_of(each.cost_per_unit),
            "currency": each.currency,
            "cash_equivalent": each.cash_equivalent,
            "lots": lot_shapes(each),
        }
        for each in positions
    ]


def instrument_shape(instrument: Instrument) -> InstrumentShape:
    """Show what is held."""
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


def lot_shapes(position: Position) -> list[LotShape]:
    """Show tax lots."""
    return [
        {
            "acquired_at": lot.acquired_at,
            "units": text_of(lot.units),
            "cost_per_unit": text_of(lot.cost_per_unit),
        }
        for lot in position.lots
    ]


def balance_shapes(balances: Iterable[Balance]) -> list[BalanceShape]:
    """Show cash, one for each currency."""
    return [
        {
            "currency": each.currency,
            "cash": text_of(each.cash),
            "buying_power": text_of(each.buying_power),
        }
        for each in balances
    ]


def total_shapes(totals: Iterable[Total]) -> list[TotalShape]:
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
