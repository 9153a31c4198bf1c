"""What everything in one currency comes to, the same way in every answer.

total = positions (without cash equivalents) + cash (with them) - debt
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from freshet.domain.holdings import Balance, Debt, Holdings
from freshet.domain.money import EXACT
from freshet.domain.positions import Numbers, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
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
    equivalents = [each for each in positions if each.cash_equivalent]
    others = [each for each in positions if not each.cash_equivalent]
    uncounted = () if _is_in(equivalents, balances) else equivalents
    lines: tuple[Position | Balance | Debt, ...] = (*positions, *balances, *debts)
    return Total(
        currency=currency,
        positions=_sum(each.value for each in others),
        cash=_sum((*_cash(balances), *(each.value for each in uncounted))),
        debt=Decimal(0) if is_in_cash(holdings, currency) else _sum(each.amount for each in debts),
        unpriced_positions=sum(
            each.value is None and not each.is_notional for each in (*others, *uncounted)
        ),
        unread_lines=sum(each.numbers is not Numbers.READ for each in lines),
    )


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
        each.value
        for each in holdings.positions
        if each.cash_equivalent and each.currency == currency
    )
    return any(amount is not None and amount < 0 for amount in (*balances, *lines))


def _is_in(equivalents: Iterable[Position], balances: Iterable[Balance]) -> bool:
    """Tell whether the cash counts its equivalents already, as most brokers have it.

    They cannot be inside of cash that is less than they are worth together.
    """
    cash = _cash(balances)
    return bool(cash) and _sum(each.value for each in equivalents) <= _sum(cash)


def _cash(balances: Iterable[Balance]) -> list[Decimal]:
    return [each.cash for each in balances if each.cash is not None]


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        if amount is not None:
            total = EXACT.add(total, amount)
    return total
