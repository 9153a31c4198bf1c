"""The lines of a portfolio and what they come to, as JSON."""

from freshet.domain.holdings import Numbers
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


class PositionLineShape(Shape):
    """A position before or after a change."""

    units: DecimalText | None
    price: DecimalText | None
    cost_per_unit: DecimalText | None
    numbers: Numbers
    """`last_known` and `unknown`: the provider's could not be read."""
    cash_equivalent: bool
    """Counted as cash in the totals, once."""
    lots: list[LotShape]


class PositionShape(PositionLineShape):
    """One line of a portfolio; a short has negative units."""

    instrument: InstrumentShape
    value: DecimalText | None
    """As the institution states it, else units times price (times the option's multiplier)."""
    currency: CurrencyCode | None


class BalanceShape(Shape):
    """Cash in one currency."""

    currency: CurrencyCode | None
    cash: DecimalText | None
    buying_power: DecimalText | None
    numbers: Numbers


class TotalShape(Shape):
    """What everything in one currency comes to; currencies are never added together."""

    currency: CurrencyCode | None
    positions: DecimalText
    cash: DecimalText
    total: DecimalText
    unpriced_positions: int
    """Lines without a price, which the total lacks."""
    unread_lines: int
    """Lines whose numbers are old or unknown, because the provider's could not be read."""
