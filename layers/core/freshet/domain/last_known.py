"""What stands in for numbers that a provider left out, or gave in a form that cannot be read."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from freshet.domain.holdings import Balance, Debt, Holdings, Part
from freshet.domain.instruments import Instrument
from freshet.domain.positions import Numbers, Position
from freshet.domain.reconciliation import agrees_as

_NOTHING = Holdings(positions=(), balances=(), source="")


def with_last_known(holdings: Holdings, before: Holdings | None) -> Holdings:
    """Give unreadable lines the numbers that they had before, where it is plain which line it was.

    Lines of one instrument are told apart by their order, and only where there are as many of
    them as before. A part that the answer lacks is the one of before.
    """
    earlier = before or _NOTHING
    if holdings.missing_parts:
        holdings = _with_parts(holdings, earlier)
    positions = _pairs(holdings.positions, earlier.positions)
    balances = _pairs(holdings.balances, earlier.balances)
    debts = _pairs(holdings.debts, earlier.debts)
    return replace(
        holdings,
        positions=tuple(_position(line, old) for line, old in positions),
        balances=tuple(_balance(line, old) for line, old in balances),
        debts=tuple(_debt(line, old) for line, old in debts),
    )


def with_kept_cash(
    holdings: Holdings, before: Holdings | None, *, as_of: datetime, is_whole: bool
) -> Holdings:
    """Keep the cash and the debt of before that the provider does not state any more.

    An amount of null says nothing, however often. A currency that is gone is believed to be gone
    by newer data that repeats it, or at once where the stated total agrees without it. An answer
    that is not whole says nothing of what it lacks.
    """
    if before is None or Part.BALANCES in holdings.missing_parts:
        return holdings
    balances = tuple(
        replace(old, numbers=Numbers.KEPT, missing_as_of=None)
        if line.cash is None and line.numbers is Numbers.READ and old is not None and old.cash
        else line
        for line, old in _pairs(holdings.balances, before.balances)
    )
    stated = replace(holdings, balances=balances)
    since = as_of if is_whole else None
    gone = _gone(before.balances, stated.balances, since)
    owed = _gone(before.debts, stated.debts, since)
    if not (gone or owed) or agrees_as(stated, as_of=as_of):
        return stated
    return replace(stated, balances=(*stated.balances, *gone), debts=(*stated.debts, *owed))


def _gone[Kept: (Balance, Debt)](
    before: Sequence[Kept], now: Sequence[Kept], as_of: datetime | None
) -> list[Kept]:
    """List what is missing for the first time, or by no newer data than then."""
    there = {each.currency for each in now}
    return [
        replace(each, numbers=Numbers.KEPT, missing_as_of=each.missing_as_of or as_of)
        for each in before
        if each.currency not in there
        and each.amount
        and (each.missing_as_of is None or as_of is None or as_of <= each.missing_as_of)
    ]


def _with_parts(holdings: Holdings, before: Holdings) -> Holdings:
    """Take over the parts that an answer lacks, where they were known."""
    for part in holdings.missing_parts:
        if before is _NOTHING or part in before.missing_parts:
            continue
        holdings = replace(
            holdings, missing_parts=tuple(each for each in holdings.missing_parts if each != part)
        )
        if part is Part.POSITIONS:
            old = tuple(replace(each, numbers=_old(each.numbers)) for each in before.positions)
            holdings = replace(holdings, positions=old)
        else:
            cash = tuple(replace(each, numbers=_old(each.numbers)) for each in before.balances)
            holdings = replace(holdings, balances=cash)
    return holdings


def _old(numbers: Numbers) -> Numbers:
    return Numbers.UNKNOWN if numbers is Numbers.UNKNOWN else Numbers.LAST_KNOWN


def _pairs[Line: (Position, Balance, Debt)](
    lines: Sequence[Line], before: Sequence[Line]
) -> Iterator[tuple[Line, Line | None]]:
    now, then = Counter(map(_subject, lines)), Counter(map(_subject, before))
    left = {subject: [each for each in before if _subject(each) == subject] for subject in then}
    for line in lines:
        subject = _subject(line)
        is_plain = now[subject] == then[subject]
        yield line, left[subject].pop(0) if is_plain else None


def _subject(line: Position | Balance | Debt) -> Hashable:
    if isinstance(line, Position):
        return (*line.instrument.identity, line.currency)
    return line.currency


def _position(line: Position, before: Position | None) -> Position:
    if line.numbers is not Numbers.UNKNOWN:
        return line if before is None else _with_known_terms(line, before.instrument)
    if before is None or before.numbers is Numbers.UNKNOWN:
        return Position(
            instrument=line.instrument,
            units=None,
            price=None,
            cost_per_unit=None,
            currency=line.currency,
            cash_equivalent=line.cash_equivalent,
            numbers=Numbers.UNKNOWN,
        )
    return replace(before, numbers=Numbers.LAST_KNOWN)


def _with_known_terms(line: Position, before: Instrument) -> Position:
    """Fill the terms of an option that are not told this time: they were not adjusted by that."""
    option, known = line.instrument.option, before.option
    if option is None or known is None:
        return line
    filled = replace(
        option,
        side=option.side or known.side,
        strike=known.strike if option.strike is None else option.strike,
        expires_on=option.expires_on or known.expires_on,
    )
    return replace(line, instrument=replace(line.instrument, option=filled))


def _balance(line: Balance, before: Balance | None) -> Balance:
    if line.numbers is not Numbers.UNKNOWN:
        return line
    if before is None or before.numbers is Numbers.UNKNOWN:
        return replace(line, cash=None, buying_power=None)
    return replace(before, numbers=Numbers.LAST_KNOWN)


def _debt(line: Debt, before: Debt | None) -> Debt:
    if line.numbers is not Numbers.UNKNOWN:
        return line
    if before is None or before.numbers is Numbers.UNKNOWN:
        return replace(line, amount=None)
    return replace(before, numbers=Numbers.LAST_KNOWN)
