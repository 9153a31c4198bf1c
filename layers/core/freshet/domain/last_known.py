"""What stands in for numbers that a provider gave in a form that cannot be read, or left open."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import replace

from freshet.domain.holdings import Balance, Debt, Holdings, Part, subject_of
from freshet.domain.instruments import USUAL_CONTRACT, Instrument
from freshet.domain.positions import Numbers, Position

_NOTHING = Holdings(positions=(), balances=(), source="")
_OPTION = "option"


def with_last_known(holdings: Holdings, before: Holdings | None) -> Holdings:
    """Give unreadable lines the numbers that they had before, where it is plain which line it was.

    Lines of one instrument are told apart by their order, and only where there are as many of
    them as before. A part that the answer lacks is the one of before.
    """
    earlier = before or _NOTHING
    if holdings.missing_parts:
        holdings = _with_parts(holdings, earlier)
    positions = pairs_of(holdings.positions, earlier.positions)
    balances = pairs_of(holdings.balances, earlier.balances)
    debts = pairs_of(holdings.debts, earlier.debts)
    instruments = {each.instrument.identity: each.instrument for each in earlier.positions}
    return replace(
        holdings,
        positions=tuple(_position(line, old, instruments) for line, old in positions),
        balances=tuple(_balance(line, old) for line, old in balances),
        debts=tuple(_debt(line, old) for line, old in debts),
    )


def pairs_of[L: (Position, Balance, Debt)](
    lines: Sequence[L], before: Sequence[L]
) -> Iterator[tuple[L, L | None]]:
    """Give each line the one of before that it was, where that is plain."""
    now, then = Counter(map(subject_of, lines)), Counter(map(subject_of, before))
    left = {subject: [each for each in before if subject_of(each) == subject] for subject in then}
    for line in lines:
        subject = subject_of(line)
        is_plain = now[subject] == then[subject]
        yield line, left[subject].pop(0) if is_plain else None


def _with_parts(holdings: Holdings, before: Holdings) -> Holdings:
    """Take over the parts that an answer lacks, where they were known.

    Options that were not listed apart before are none that could be missing now.
    """
    is_known = before is not _NOTHING
    missing = set(holdings.missing_parts)
    if Part.POSITIONS in missing:
        missing.discard(Part.OPTIONS)
        if is_known and Part.POSITIONS not in before.missing_parts:
            missing.discard(Part.POSITIONS)
            holdings = replace(holdings, positions=tuple(map(_old_line, before.positions)))
    if Part.OPTIONS in missing:
        missing.discard(Part.OPTIONS)
        options = [each for each in before.positions if each.instrument.option is not None]
        lines = (*holdings.positions, *map(_old_line, options))
        holdings = replace(holdings, positions=lines)
    if Part.BALANCES in missing and is_known and Part.BALANCES not in before.missing_parts:
        missing.discard(Part.BALANCES)
        holdings = replace(holdings, balances=tuple(map(_old_line, before.balances)))
    return replace(holdings, missing_parts=tuple(sorted(missing)))


def _old_line[L: (Position, Balance)](line: L) -> L:
    is_unknown = line.numbers is Numbers.UNKNOWN
    return replace(line, numbers=Numbers.UNKNOWN if is_unknown else Numbers.LAST_KNOWN)


def _position(
    line: Position,
    before: Position | None,
    instruments: Mapping[tuple[str, str | None], Instrument],
) -> Position:
    if line.numbers is not Numbers.UNKNOWN:
        line = _with_terms(line, instruments.get(line.instrument.identity))
        is_told = before is None or before.stated_value is None or line.price_basis is not None
        return line if is_told or before is None else replace(line, price_basis=before.price_basis)
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


def _with_terms(line: Position, before: Instrument | None) -> Position:
    """Fill the terms of a contract that are not told this time: they were not adjusted by that."""
    instrument = line.instrument
    if instrument.multiplier is None:
        usual = USUAL_CONTRACT if instrument.kind == _OPTION else None
        known = before.multiplier if before else None
        instrument = replace(instrument, multiplier=usual if known is None else known)
    option, known_option = instrument.option, before.option if before else None
    if option is not None and known_option is not None:
        filled = replace(
            option,
            side=option.side or known_option.side,
            strike=known_option.strike if option.strike is None else option.strike,
            expires_on=option.expires_on or known_option.expires_on,
        )
        instrument = replace(instrument, option=filled)
    return line if instrument is line.instrument else replace(line, instrument=instrument)


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
