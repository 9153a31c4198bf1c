"""One line of a portfolio: what is held, how much of it, and what that is worth."""

import json
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from freshet.domain.instruments import CRYPTO, Instrument
from freshet.domain.money import EXACT, canonical

_HUNDREDTH, _ROUNDED_UP = Decimal("0.01"), Decimal("1.01")


class Numbers(StrEnum):
    """Where the numbers of a line come from."""

    READ = "read"
    LAST_KNOWN = "last_known"
    """The provider's could not be read: these were read before."""
    UNKNOWN = "unknown"
    """The provider's could not be read, and none were before."""
    KEPT = "kept"
    """The provider left the amount out: it was read before, and may still hold."""

    @property
    def is_unreadable(self) -> bool:
        """Tell whether the provider gave numbers in a form that cannot be read."""
        return self in (Numbers.LAST_KNOWN, Numbers.UNKNOWN)


class PriceBasis(StrEnum):
    """What a price is a price of."""

    UNIT = "unit"
    PERCENT = "percent"
    """Of the par value that the units count, as bonds are quoted."""


class Lot(Struct, frozen=True, kw_only=True, gc=False):
    """A tax lot, as far as the broker tells it apart; it counts like its position."""

    acquired_at: str | None
    units: Decimal | None
    cost_per_unit: Decimal | None

    @property
    def content(self) -> list[str | None]:
        """List as text what counts as content: all of it."""
        return [self.acquired_at, canonical(self.units), canonical(self.cost_per_unit)]


class Position(Struct, frozen=True, kw_only=True, gc=False):
    """One line of a portfolio; a short has negative units. Price and cost are per unit.

    For an option, units are contracts, price and cost are per underlying unit.
    """

    instrument: Instrument
    units: Decimal | None
    price: Decimal | None
    cost_per_unit: Decimal | None
    currency: str | None
    cash_equivalent: bool = False
    lots: tuple[Lot, ...] = ()
    stated_value: Decimal | None = None
    """The worth as the institution itself states it, where it does."""
    stated_cost: Decimal | None = None
    """The cost of all units as the provider states it, where it does."""
    vested_units: Decimal | None = None
    """How many units are the holder's already; None means all."""
    vested_value: Decimal | None = None
    price_basis: PriceBasis | None = PriceBasis.UNIT
    """None where the provider does not say, and nothing has decided it."""
    price_day: date | None = None
    """The day whose price this is, as the institution says."""
    price_at: datetime | None = None
    """The instant of the price, where the institution says so."""
    numbers: Numbers = Numbers.READ
    missing_as_of: datetime | None = None
    """Of a line of cash: as of then the provider listed it no more, which is not believed yet."""

    def __post_init__(self) -> None:
        """Refuse NaN and infinity: they would poison every total."""
        numbers = (self.units, self.price, self.cost_per_unit, self.stated_value, self.stated_cost)
        for number in (*numbers, self.vested_units, self.vested_value):
            if number is not None and not number.is_finite():
                raise ValueError("a position needs finite numbers")

    @property
    def is_notional(self) -> bool:
        """Tell whether it counts nothing: what a future is worth is in the cash already."""
        return self.instrument.is_notional and self.stated_value is None

    @property
    def notional(self) -> Decimal | None:
        """How much a future moves, price times all that it stands for; None for all else."""
        return self.times(self.price) if self.is_notional else None

    @property
    def worth(self) -> Decimal | None:
        """What all units are worth, vested or not; None while unknown, and for a future."""
        if self.stated_value is not None:
            return self.stated_value
        return None if self.is_notional else self.times(self.price)

    @property
    def has_odd_vesting(self) -> bool:
        """Tell whether more is said to be vested than is held: then nothing of it is believed."""
        if self.vested_units is None and self.vested_value is None:
            return False
        return _is_beyond(self.vested_units, self.units) or _is_beyond(
            self.vested_value, self.worth
        )

    @property
    def value(self) -> Decimal | None:
        """What counts: the worth of the units that are the holder's; None while unknown."""
        if self.vested_units is None and self.vested_value is None:
            return self.worth
        if self.is_notional or self.has_odd_vesting:
            return self.worth
        if self.vested_value is not None:
            return self.vested_value
        if self.vested_units == self.units:
            return self.worth
        return self._times(self.vested_units, self.price) if self.vested_units else Decimal(0)

    @property
    def unvested_units(self) -> Decimal | None:
        """How many units are not the holder's yet; None where the provider does not say."""
        if self.units is None or self.vested_units is None or self.has_odd_vesting:
            return None
        return EXACT.subtract(self.units, self.vested_units)

    @property
    def unvested_value(self) -> Decimal | None:
        """What the units are worth that are not the holder's yet."""
        value, worth = self.value, self.worth
        if value is None or worth is None or value >= worth:
            return None
        return EXACT.subtract(worth, value)

    @property
    def cost_basis(self) -> Decimal | None:
        """What all units cost: as stated, else counted like the value; None for a future."""
        if self.stated_cost is not None:
            return self.stated_cost
        return None if self.is_notional else self.times(self.cost_per_unit)

    def market_day(self, zone: tzinfo) -> date | None:
        """Name the day whose price this is; an instant belongs to the day that a zone gives it."""
        if self.price_day is not None or self.price_at is None:
            return self.price_day
        return self.price_at.astimezone(zone).date()

    @property
    def follows_markets(self) -> bool:
        """Tell whether its price has days: cash has none, coins are traded all night."""
        return not self.cash_equivalent and self.instrument.kind != CRYPTO

    @property
    def content(self) -> str:
        """Say as text what counts as content: instrument, units and cost; no price, no name."""
        line = [
            "position",
            *self.instrument.identity,
            self.instrument.terms,
            self.currency,
            canonical(self.units),
            canonical(self.vested_units),
            canonical(self.cost_per_unit),
            canonical(self.stated_cost),
            self.cash_equivalent,
            sorted((each.content for each in self.lots), key=json.dumps),
        ]
        return json.dumps(line)

    def times(self, each: Decimal | None) -> Decimal | None:
        """Give what a number per unit, such as a price or a gain, comes to for all units."""
        return self._times(self.units, each)

    def _times(self, units: Decimal | None, each: Decimal | None) -> Decimal | None:
        multiplier = self.instrument.multiplier
        if units is None or each is None or multiplier is None or self.price_basis is None:
            return None
        whole = EXACT.multiply(EXACT.multiply(units, each), multiplier)
        return whole if self.price_basis is PriceBasis.UNIT else EXACT.multiply(whole, _HUNDREDTH)


def _is_beyond(vested: Decimal | None, held: Decimal | None) -> bool:
    """Tell whether vested is more than held, by more than a rounding, or less than nothing."""
    if vested is None:
        return False
    return vested < 0 or (held is not None and vested > EXACT.multiply(held, _ROUNDED_UP))
