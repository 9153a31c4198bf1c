"""What everything in one currency comes to, the same way in every answer.

total = positions (without cash equivalents) + cash (with them) - debt
"""

from collections.abc import Collection, Iterable
from decimal import Decimal

from msgspec import Struct

from freshet.domain.holdings import Balance, Holdings, Line
from freshet.domain.instruments import CASH
from freshet.domain.money import EXACT
from freshet.domain.positions import Numbers, Position

_ROUNDED = Decimal("0.01")


class Total(Struct, frozen=True, kw_only=True):
    """The worth in one currency."""

    currency: str | None
    positions: Decimal
    """Without cash equivalents, and without what counts nothing: futures, unvested units."""
    cash: Decimal
    """With cash equivalents, each counted once."""
    debt: Decimal = Decimal(0)
    """What is borrowed, where the cash does not say so already."""
    unpriced_positions: int
    unread_lines: int = 0
    """Lines whose numbers are old or unknown."""

    @property
    def total(self) -> Decimal:
        """What all of it is worth."""
        return EXACT.subtract(EXACT.add(self.positions, self.cash), self.debt)


def totals_of(holdings: Holdings) -> tuple[Total, ...] | None:
    """Add up per currency; amounts of different currencies are never added together.

    None where a whole part is unknown: what is left of the sum would be no total.
    """
    if holdings.missing_parts:
        return None
    currencies = {each.currency for each in holdings.lines}
    in_order = sorted(currencies, key=lambda each: each or "")
    return tuple(total_in(holdings, currency) for currency in in_order)


def total_in(holdings: Holdings, currency: str | None) -> Total:
    """Add up what is in one currency."""
    positions = [each for each in holdings.positions if each.currency == currency]
    balances = [each for each in holdings.balances if each.currency == currency]
    debts = [each for each in holdings.debts if each.currency == currency]
    cash = [each.cash for each in balances if each.cash is not None]
    beside_cash = [each for each in positions if each.cash_equivalent and not _is_in(each, cash)]
    others = [each for each in positions if not each.cash_equivalent]
    lines: tuple[Line, ...] = (*positions, *balances, *debts)
    return Total(
        currency=currency,
        positions=sum_of(each.value for each in others),
        cash=sum_of((*cash, *(each.value for each in beside_cash))),
        debt=Decimal(0) if is_in_cash(holdings, currency) else debt_in(holdings, currency),
        unpriced_positions=sum(
            each.value is None and not each.is_notional for each in (*others, *beside_cash)
        ),
        unread_lines=sum(_is_unread(each) for each in lines),
    )


def debt_in(holdings: Holdings, currency: str | None) -> Decimal:
    """Add up what is owed in one currency."""
    return sum_of(each.amount for each in holdings.debts if each.currency == currency)


def _is_unread(line: Line) -> bool:
    """Tell whether a line's numbers are old or unknown; a price that is missing is told apart."""
    is_unstated = isinstance(line, Balance) and line.cash is None
    return is_unstated or line.numbers is not Numbers.READ


def cash_lines(holdings: Holdings) -> tuple[Balance, ...]:
    """Give the cash of each currency; where none is listed, its cash equivalents are the cash."""
    listed = {each.currency for each in holdings.balances}
    made: dict[str | None, Decimal] = {}
    for each in holdings.positions:
        if each.cash_equivalent and each.value is not None and each.currency not in listed:
            made[each.currency] = EXACT.add(made.get(each.currency, Decimal(0)), each.value)
    derived = (
        Balance(currency=currency, cash=made[currency], buying_power=None)
        for currency in sorted(made, key=lambda each: each or "")
    )
    return (*holdings.balances, *derived)


def is_in_cash(holdings: Holdings, currency: str | None) -> bool:
    """Tell whether a debt is what a line of cash is negative by: it must not count twice."""
    balances = (each.cash for each in holdings.balances if each.currency == currency)
    lines = (
        each.units if each.value is None and each.instrument.kind == CASH else each.value
        for each in holdings.positions
        if each.cash_equivalent and each.currency == currency
    )
    return any(amount is not None and amount < 0 for amount in (*balances, *lines))


def _is_in(fund: Position, cash: Collection[Decimal]) -> bool:
    """Tell whether the cash counts a cash equivalent already, as most brokers have it.

    It cannot be inside of cash that is less than it is worth; they may differ by a rounding.
    """
    if not cash:
        return False
    whole = sum_of(cash)
    most = EXACT.add(whole, EXACT.multiply(whole.copy_abs(), _ROUNDED))
    return fund.value is None or fund.value <= most


def sum_of(amounts: Iterable[Decimal | None]) -> Decimal:
    """Add up what is known."""
    total = Decimal(0)
    for amount in amounts:
        if amount is not None:
            total = EXACT.add(total, amount)
    return total
