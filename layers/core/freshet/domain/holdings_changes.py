"""What became different between two states of one account, line by line."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from enum import StrEnum
from itertools import zip_longest

from msgspec import Struct

from freshet.domain.holdings import Holdings, Line, subject_of
from freshet.domain.positions import Position


class ChangeKind(StrEnum):
    """What happened to a line; a line with several changes is named by the first of them."""

    OPENED = "opened"
    CLOSED = "closed"
    UNITS = "units"
    COST = "cost"
    TERMS = "terms"
    """The exchange adjusted the contract: its multiplier, strike or expiry."""
    LOTS = "lots"
    CASH = "cash"
    DEBT = "debt"


class HoldingsChange(Struct, frozen=True, kw_only=True):
    """One line before and after: a position, or the cash or the debt in one currency."""

    kind: ChangeKind
    before: Line | None
    after: Line | None


def changes_between(before: Holdings, after: Holdings) -> tuple[HoldingsChange, ...]:
    """List what turns one content into the other; prices, names and the order do not count.

    Taking every `before` away from the old lines and adding every `after` gives the new ones.
    """
    old, new = before.known, after.known
    positions = _pairs(old.positions, new.positions)
    cash, debts = _pairs(old.balances, new.balances), _pairs(old.debts, new.debts)
    return (
        *(HoldingsChange(kind=_kind(old, new), before=old, after=new) for old, new in positions),
        *(HoldingsChange(kind=ChangeKind.CASH, before=old, after=new) for old, new in cash),
        *(HoldingsChange(kind=ChangeKind.DEBT, before=old, after=new) for old, new in debts),
    )


def _pairs[L: Line](before: Iterable[L], after: Iterable[L]) -> Iterator[tuple[L | None, L | None]]:
    # One fund may stand in an account twice (cash and margin, two lots): equal lines cancel out
    # first, what is left of an instrument is paired off.
    old, new = _without_equals(before, after)
    for subject in dict.fromkeys((*old, *new)):
        yield from zip_longest(old.get(subject, ()), new.get(subject, ()))


def _without_equals[L: Line](
    before: Iterable[L], after: Iterable[L]
) -> tuple[dict[Hashable, list[L]], dict[Hashable, list[L]]]:
    old, new = list(before), list(after)
    equal = Counter(each.content for each in old) & Counter(each.content for each in new)
    return _rest(old, equal), _rest(new, equal)


def _rest[L: Line](lines: Iterable[L], equal: Counter[str]) -> dict[Hashable, list[L]]:
    still_equal = Counter(equal)
    rest: dict[Hashable, list[L]] = defaultdict(list)
    for line in sorted(lines, key=lambda each: each.content):
        if still_equal[line.content]:
            still_equal[line.content] -= 1
        else:
            rest[subject_of(line)].append(line)
    return rest


def _kind(before: Position | None, after: Position | None) -> ChangeKind:
    if before is None:
        return ChangeKind.OPENED
    if after is None:
        return ChangeKind.CLOSED
    if (before.units, before.vested_units) != (after.units, after.vested_units):
        return ChangeKind.UNITS
    if _cost(before) != _cost(after):
        return ChangeKind.COST
    is_adjusted = before.instrument.terms != after.instrument.terms
    return ChangeKind.TERMS if is_adjusted else ChangeKind.LOTS


def _cost(line: Position) -> Hashable:
    return line.cost_per_unit, line.stated_cost
