"""Cash and debt that a provider does not state any more: unknown is not zero."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from freshet.domain.holdings import Balance, Debt, Holdings, Part
from freshet.domain.instruments import CASH
from freshet.domain.last_known import pairs_of, subject_of
from freshet.domain.positions import Numbers, Position
from freshet.domain.reconciliation import agrees_as


def with_stated_cash(holdings: Holdings, before: Holdings | None) -> Holdings:
    """Keep the cash of before where the provider states null: that says nothing, however often."""
    if before is None:
        return holdings
    balances = tuple(
        _stated(line, old) for line, old in pairs_of(holdings.balances, before.balances)
    )
    return replace(holdings, balances=balances)


def with_kept_cash(
    holdings: Holdings, before: Holdings | None, *, as_of: datetime, is_whole: bool
) -> Holdings:
    """Keep lines of cash and debt that are gone for the first time.

    Cash is believed to be gone by newer data that repeats it. A debt that is not stated is not
    paid: only a stated zero, or the total, says that. Both are gone at once where the stated total
    agrees without them. An answer that is not whole proves nothing by what it lacks.
    """
    if before is None:
        return holdings
    since = as_of if is_whole else None
    positions = _gone(
        [each for each in before.positions if _is_cash(each)], holdings.positions, since
    )
    listed = [each for each in before.balances if each.is_listed]
    balances = _gone(listed, holdings.balances, since)
    if Part.BALANCES in holdings.missing_parts:
        balances = []
    debts = _gone(before.debts, holdings.debts, None)
    if not (positions or balances or debts):
        return holdings
    # The stated total proves nothing of other currencies.
    currency = holdings.statement.currency if holdings.statement else None
    elsewhere = _with(
        holdings,
        [each for each in positions if each.currency != currency],
        [each for each in balances if each.currency != currency],
        [each for each in debts if each.currency != currency],
    )
    if agrees_as(elsewhere, as_of=as_of):
        return elsewhere
    return _with(holdings, positions, balances, debts)


def _stated(line: Balance, before: Balance | None) -> Balance:
    is_open = line.cash is None and line.numbers is Numbers.READ
    if not is_open or before is None or not before.cash:
        return line
    return replace(before, numbers=Numbers.KEPT, missing_as_of=None)


def _is_cash(position: Position) -> bool:
    return position.instrument.kind == CASH


def _gone[L: (Position, Balance, Debt)](
    before: Sequence[L], now: Sequence[L], as_of: datetime | None
) -> list[L]:
    """List what is missing for the first time, or by no newer data than then."""
    there = {subject_of(each) for each in now}
    return [
        replace(each, numbers=Numbers.KEPT, missing_as_of=each.missing_as_of or as_of)
        for each in before
        if subject_of(each) not in there
        and _amount(each)
        and (each.missing_as_of is None or as_of is None or as_of <= each.missing_as_of)
    ]


def _amount(line: Position | Balance | Debt) -> object:
    return line.value if isinstance(line, Position) else line.amount


def _with(
    holdings: Holdings,
    positions: Sequence[Position],
    balances: Sequence[Balance],
    debts: Sequence[Debt],
) -> Holdings:
    return replace(
        holdings,
        positions=(*holdings.positions, *positions),
        balances=(*holdings.balances, *balances),
        debts=(*holdings.debts, *debts),
    )
