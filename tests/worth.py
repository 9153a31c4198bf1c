"""What holdings are worth by an arithmetic of its own: in fractions, from the definition.

total = positions (without cash equivalents) + cash (with them) - debt
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from freshet.domain.holdings import Holdings
from freshet.domain.positions import Position, PriceBasis
from freshet.domain.totals import totals_of


@dataclass(frozen=True, slots=True)
class Worth:
    """The three sums in one currency, and how many lines are missing from them."""

    positions: Fraction
    cash: Fraction
    debt: Fraction
    unpriced: int

    @property
    def total(self) -> Fraction:
        """What all of it is worth."""
        return self.positions + self.cash - self.debt


def worth_of(holdings: Holdings) -> dict[str | None, Worth]:
    """Give the worth in each currency that a line is in."""
    currencies = {each.currency for each in holdings.lines}
    return {currency: _worth(holdings, currency) for currency in currencies}


def counted(position: Position) -> Fraction | None:
    """Say what a position counts; None for nothing that is known."""
    whole = _whole(position)
    units, vested, worth = position.units, position.vested_units, position.vested_value
    if _is_future(position) or _is_odd(vested, units) or _is_odd(worth, whole):
        return whole
    if worth is not None:
        return Fraction(worth)
    if vested is None or vested == units:
        return whole
    return Fraction(0) if vested == 0 else _times(position, Fraction(vested))


def _whole(position: Position) -> Fraction | None:
    if position.stated_value is not None:
        return Fraction(position.stated_value)
    if _is_future(position) or position.units is None:
        return None
    return _times(position, Fraction(position.units))


def _times(position: Position, units: Fraction) -> Fraction | None:
    multiplier, basis = position.instrument.multiplier, position.price_basis
    if position.price is None or multiplier is None or basis is None:
        return None
    whole = units * Fraction(position.price) * Fraction(multiplier)
    return whole / 100 if basis is PriceBasis.PERCENT else whole


def _is_odd(vested: Decimal | None, held: Decimal | Fraction | None) -> bool:
    """Tell whether more is vested than held, beyond a hundredth, or less than nothing."""
    if vested is None:
        return False
    return vested < 0 or (held is not None and Fraction(vested) > Fraction(held) * 101 / 100)


def _worth(holdings: Holdings, currency: str | None) -> Worth:
    positions = [each for each in holdings.positions if each.currency == currency]
    cash = [each.cash for each in holdings.balances if each.currency == currency]
    stated = [Fraction(each) for each in cash if each is not None]
    funds = [each for each in positions if each.cash_equivalent]
    others = [each for each in positions if not each.cash_equivalent]
    beside = [
        each for each in funds if not stated or _is_more(counted(each), sum(stated, Fraction(0)))
    ]
    has_negative_cash = any(each < 0 for each in stated) or any(_money(each) < 0 for each in funds)
    owed = _sum(
        None if each.amount is None else Fraction(each.amount)
        for each in holdings.debts
        if each.currency == currency
    )
    return Worth(
        positions=_sum(map(counted, others)),
        cash=sum(stated, Fraction(0)) + _sum(map(counted, beside)),
        debt=Fraction(0) if has_negative_cash else owed,
        unpriced=sum(counted(each) is None and not _is_future(each) for each in (*others, *beside)),
    )


def _money(fund: Position) -> Fraction:
    """Say what a fund counts; of money without a price it is known by its units."""
    worth = counted(fund)
    if worth is None and fund.instrument.kind == "cash" and fund.units is not None:
        return Fraction(fund.units)
    return worth or Fraction(0)


def _is_more(fund: Fraction | None, cash: Fraction) -> bool:
    return fund is not None and fund > cash + abs(cash) / 100


def _is_future(position: Position) -> bool:
    return position.instrument.kind in ("future", "derivative") and position.stated_value is None


def _sum(amounts: Iterable[Fraction | None]) -> Fraction:
    return sum((each for each in amounts if each is not None), Fraction(0))


def demand_exact_totals(holdings: Holdings) -> None:
    """Add everything up again in fractions, which never round."""
    expected = worth_of(holdings)
    totals = totals_of(holdings) or ()
    assert {each.currency for each in totals} == expected.keys()
    for each in totals:
        worth = expected[each.currency]
        sums = [Fraction(one) for one in (each.positions, each.cash, each.debt, each.total)]
        assert sums == [worth.positions, worth.cash, worth.debt, worth.total]
        assert each.unpriced_positions == worth.unpriced
