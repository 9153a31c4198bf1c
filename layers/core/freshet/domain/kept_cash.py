"""Cash and debt that a provider does not state any more: unknown is not zero."""

from collections.abc import Iterable, Sequence
from copy import replace
from datetime import datetime

from freshet.domain.holdings import Balance, Debt, Holdings, Part
from freshet.domain.instruments import CASH
from freshet.domain.last_known import pairs_of
from freshet.domain.positions import Numbers, Position


def with_kept_cash(
    holdings: Holdings,
    before: Holdings,
    *,
    as_of: datetime,
    is_whole: bool,
    is_emptied: bool = False,
    elsewhere_than: str | None = None,
) -> Holdings:
    """Keep the cash and the debt of before that the provider does not state.

    An amount of null says nothing, however often. A currency whose cash is gone is believed to be
    empty by newer data that repeats it, or with an account that is believed to be empty. A debt
    that is not stated is not paid: a stated one, zero included, ends it. What is not whole proves
    nothing by what it lacks. With `elsewhere_than`, what is gone is kept in other
    currencies alone.
    """
    since = as_of if is_whole else None
    stated = pairs_of(holdings.balances, before.balances)
    balances = tuple(_stated(line, old) for line, old in stated)
    gone = _gone(before.balances, balances, since)
    lines = _gone(_cash_in(before.positions), _cash_in(holdings.positions), since)
    if is_emptied or Part.BALANCES in holdings.missing_parts:
        gone = [each for each in gone if not each.is_listed]
        lines = []
    owed = [] if holdings.debts or elsewhere_than else _gone(before.debts, (), None)
    listed = {each.currency for each in _cash_in(holdings.positions)}
    # What no line listed is listed now.
    gone = [each for each in gone if each.is_listed or each.currency not in listed]
    return replace(
        holdings,
        positions=(*holdings.positions, *_except(lines, elsewhere_than)),
        balances=(*balances, *_except(gone, elsewhere_than)),
        debts=(*holdings.debts, *owed),
    )


def _stated(line: Balance, before: Balance | None) -> Balance:
    is_open = line.cash is None and line.numbers is Numbers.READ
    if not is_open or before is None or before.cash is None:
        return line
    return replace(before, numbers=Numbers.KEPT, missing_as_of=None)


def _cash_in(positions: Iterable[Position]) -> list[Position]:
    return [each for each in positions if each.instrument.kind == CASH]


def _gone[L: (Position, Balance, Debt)](
    before: Sequence[L], now: Sequence[L], as_of: datetime | None
) -> list[L]:
    """List what is missing for the first time, or by no newer data than then."""
    there = {each.currency for each in now}
    return [
        replace(each, numbers=Numbers.KEPT, missing_as_of=each.missing_as_of or as_of)
        for each in before
        if each.currency not in there
        and _amount(each)
        and (each.missing_as_of is None or as_of is None or as_of <= each.missing_as_of)
    ]


def _amount(line: Position | Balance | Debt) -> object:
    return line.value if isinstance(line, Position) else line.amount


def _except[L: (Position, Balance, Debt)](lines: Sequence[L], currency: str | None) -> list[L]:
    return [each for each in lines if currency is None or each.currency != currency]
