"""What stands in for numbers that a provider gave in a form that cannot be read."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from freshet.domain.holdings import Balance, Holdings, Numbers, Position


def with_last_known(holdings: Holdings, before: Holdings | None) -> Holdings:
    """Give unreadable lines the numbers that they had before, where it is plain which line it was.

    Lines of one instrument are told apart by their order, and only where there are as many of
    them as before.
    """
    if not holdings.is_partly_unreadable:
        return holdings
    earlier = before or Holdings(positions=(), balances=(), source="")
    positions = _pairs(holdings.positions, earlier.positions)
    balances = _pairs(holdings.balances, earlier.balances)
    return replace(
        holdings,
        positions=tuple(_position(line, old) for line, old in positions),
        balances=tuple(_balance(line, old) for line, old in balances),
    )


def _pairs[Line: (Position, Balance)](
    lines: Sequence[Line], before: Sequence[Line]
) -> Iterator[tuple[Line, Line | None]]:
    now, then = Counter(map(_subject, lines)), Counter(map(_subject, before))
    left = {subject: [each for each in before if _subject(each) == subject] for subject in then}
    for line in lines:
        subject = _subject(line)
        is_plain = now[subject] == then[subject]
        yield line, left[subject].pop(0) if is_plain else None


def _subject(line: Position | Balance) -> Hashable:
    return (
        line.currency if isinstance(line, Balance) else (*line.instrument.identity, line.currency)
    )


def _position(line: Position, before: Position | None) -> Position:
    if line.numbers is Numbers.READ:
        return line
    if before is None or before.numbers is Numbers.UNKNOWN:
        return replace(
            line,
            units=None,
            price=None,
            cost_per_unit=None,
            stated_value=None,
            lots=(),
            numbers=Numbers.UNKNOWN,
        )
    return replace(before, numbers=Numbers.LAST_KNOWN)


def _balance(line: Balance, before: Balance | None) -> Balance:
    if line.numbers is Numbers.READ:
        return line
    if before is None or before.numbers is Numbers.UNKNOWN:
        return replace(line, cash=None, buying_power=None, numbers=Numbers.UNKNOWN)
    return replace(before, numbers=Numbers.LAST_KNOWN)
