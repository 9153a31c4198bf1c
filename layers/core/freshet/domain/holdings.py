"""Positions and balances of one account at one moment, exact and comparable."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from freshet.domain.money import EXACT, decimal_to_text


class Numbers(StrEnum):
    """Where the numbers of a line come from."""

    READ = "read"
    LAST_KNOWN = "last_known"
    """The provider's could not be read: these were read before."""
    UNKNOWN = "unknown"
    """The provider's could not be read, and none were before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionContract:
    """The terms of an option; a position's units count contracts of `multiplier` underlyings."""

    side: str | None
    strike: Decimal | None
    expires_on: date | None
    multiplier: Decimal
    underlying: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What is held; `kind` is an open list (stock, etf, option, crypto, …)."""

    kind: str
    id: str | None
    symbol: str | None
    name: str | None = None
    currency: str | None = None
    mic: str | None = None
    figi: str | None = None
    option: OptionContract | None = None

    @property
    def multiplier(self) -> Decimal:
        """How many priced things one unit stands for: 100 for a usual option, else 1."""
        return self.option.multiplier if self.option else Decimal(1)

    @property
    def identity(self) -> tuple[str, str | None]:
        """Tell what this is apart from all else: by its id, else by the best name it has."""
        return self.kind, self.id or self.symbol or self.figi or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A tax lot, as far as the broker tells it apart."""

    acquired_at: str | None
    units: Decimal | None
    cost_per_unit: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
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
    """The worth as the institution itself states it, where it does: a bond's price may be in
    percent, which units x price would not know."""
    numbers: Numbers = Numbers.READ

    def __post_init__(self) -> None:
        """Refuse NaN and infinity: they would poison every total."""
        for number in (self.units, self.price, self.cost_per_unit, self.stated_value):
            if number is not None and not number.is_finite():
                raise ValueError("a position needs finite numbers")

    @property
    def value(self) -> Decimal | None:
        """What is stated, else units x price x multiplier, exactly; None while unknown."""
        if self.stated_value is not None:
            return self.stated_value
        if self.units is None or self.price is None:
            return None
        return EXACT.multiply(EXACT.multiply(self.units, self.price), self.instrument.multiplier)

    @property
    def content(self) -> str:
        """Say as text what counts as content: instrument, units and cost; no price, no name."""
        lots = [
            [lot.acquired_at, _canonical(lot.units), _canonical(lot.cost_per_unit)]
            for lot in self.lots
        ]
        line = [
            "position",
            *self.instrument.identity,
            self.currency,
            _canonical(self.units),
            _canonical(self.cost_per_unit),
            self.cash_equivalent,
            sorted(lots, key=json.dumps),
        ]
        return json.dumps(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Cash in one currency, cash equivalents included, as brokers report it."""

    currency: str | None
    cash: Decimal | None
    buying_power: Decimal | None
    numbers: Numbers = Numbers.READ

    @property
    def content(self) -> str:
        """Say as text what counts as content: the cash; what it could buy does not."""
        return json.dumps(["cash", self.currency, _canonical(self.cash)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The worth in one currency: `positions` leaves out what `cash` already counts."""

    currency: str | None
    positions: Decimal
    cash: Decimal
    unpriced_positions: int
    unread_lines: int = 0
    """Lines whose numbers are old or unknown, because the provider's could not be read."""

    @property
    def total(self) -> Decimal:
        """Positions and cash, each cash equivalent counted once."""
        return EXACT.add(self.positions, self.cash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What an account holds, with the provider's own documents as JSON text beside it."""

    positions: tuple[Position, ...]
    balances: tuple[Balance, ...]
    source: str

    @property
    def is_empty(self) -> bool:
        """No position; cash alone proves nothing, as it comes by another call."""
        return not self.positions

    @property
    def is_partly_unreadable(self) -> bool:
        """Tell whether a line has numbers that could not be read."""
        return any(each.numbers is not Numbers.READ for each in self._lines)

    @property
    def _lines(self) -> tuple["Position | Balance", ...]:
        return (*self.positions, *self.balances)

    @property
    def known(self) -> "Holdings":
        """Leave out the lines of which nothing is known: what they are is no content yet."""
        return replace(
            self,
            positions=tuple(each for each in self.positions if each.numbers is not Numbers.UNKNOWN),
            balances=tuple(each for each in self.balances if each.numbers is not Numbers.UNKNOWN),
        )

    def content_hash(self) -> str:
        """Hash units, cost, cash and instruments; prices, names and the order do not count."""
        known = self.known if self.is_partly_unreadable else self
        lines = [each.content for each in known.positions]
        cash = [each.content for each in known.balances]
        text = json.dumps(sorted(lines + cash))
        return hashlib.sha256(text.encode()).hexdigest()

    def totals(self) -> tuple[Total, ...]:
        """Add up per currency; amounts of different currencies are never added together."""
        currencies = {each.currency for each in self.positions}
        currencies |= {each.currency for each in self.balances}
        return tuple(
            self._total(currency) for currency in sorted(currencies, key=lambda each: each or "")
        )

    def _total(self, currency: str | None) -> Total:
        positions = [each for each in self.positions if each.currency == currency]
        cash = [each.cash for each in self.balances if each.currency == currency]
        # Brokers report cash equivalents as cash, too; without a cash line they count here.
        is_in_cash = any(amount is not None for amount in cash)
        values = [each.value for each in positions if not (each.cash_equivalent and is_in_cash)]
        return Total(
            currency=currency,
            positions=_sum(value for value in values if value is not None),
            cash=_sum(amount for amount in cash if amount is not None),
            unpriced_positions=values.count(None),
            unread_lines=sum(
                each.numbers is not Numbers.READ
                for each in self._lines
                if each.currency == currency
            ),
        )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def _canonical(number: Decimal | None) -> str | None:
    # "12.50" and "12.5" are one number; normalising in EXACT never rounds.
    return None if number is None else decimal_to_text(number.normalize(EXACT))
