"""What must hold for any holdings: totals, content, and the changes between two of them."""

from collections import Counter
from copy import replace
from decimal import Decimal
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from freshet.domain.holdings import Balance, Debt, Holdings
from freshet.domain.holdings_changes import ChangeKind, changes_between
from freshet.domain.positions import Position
from tests.builders import a_position, an_instrument, some_holdings, totals_in
from tests.depth import many
from tests.unit.holdings_strategies import AMOUNTS, HOLDINGS
from tests.worth import demand_exact_totals


def _content(holdings: Holdings) -> Counter[str]:
    return Counter(each.content for each in holdings.known.lines)


@settings(max_examples=many(in_gate=33, deep=400))
@given(HOLDINGS, HOLDINGS)
def test_old_lines_become_the_new_ones_when_the_changes_are_applied(
    before: Holdings, after: Holdings
) -> None:
    changes = changes_between(before, after)
    lines = _content(before)
    lines.subtract(each.before.content for each in changes if each.before)
    assert min(lines.values(), default=0) >= 0  # nothing is taken away that was not there
    lines.update(each.after.content for each in changes if each.after)
    assert +lines == _content(after)


@settings(max_examples=many(in_gate=33, deep=400))
@given(HOLDINGS, HOLDINGS)
def test_changes_are_none_exactly_when_the_content_hash_is_the_same(
    before: Holdings, after: Holdings
) -> None:
    is_same = before.content_hash() == after.content_hash()
    assert (changes_between(before, after) == ()) is is_same


@settings(max_examples=many(in_gate=33, deep=400))
@given(HOLDINGS, st.randoms(use_true_random=False), AMOUNTS)
def test_content_is_the_same_when_order_prices_and_names_differ(
    holdings: Holdings, random: Random, price: Decimal
) -> None:
    lines = [
        replace(
            each,
            price=price,
            stated_value=None,
            instrument=each.instrument
            if each.instrument.id is None
            else replace(each.instrument, name="Renamed"),
        )
        for each in holdings.positions
    ]
    cash = list(holdings.balances)
    random.shuffle(lines)
    random.shuffle(cash)
    other = replace(holdings, positions=tuple(lines), balances=tuple(cash))
    assert other.content_hash() == holdings.content_hash()
    assert changes_between(holdings, other) == ()


FUTURE = an_instrument(kind="future", multiplier=Decimal(50))


@settings(max_examples=many(in_gate=33, deep=400))
@given(HOLDINGS)
@example(some_holdings(positions=(a_position(instrument=FUTURE),)))
def test_totals_are_those_of_plain_arithmetic(holdings: Holdings) -> None:
    demand_exact_totals(holdings)


@settings(max_examples=many(in_gate=33, deep=400))
@given(HOLDINGS)
def test_no_currency_is_added_to_another(holdings: Holdings) -> None:
    currencies = [each.currency for each in totals_in(holdings)]
    assert len(set(currencies)) == len(currencies)
    assert set(currencies) == {each.currency for each in holdings.lines}


@settings(max_examples=many(in_gate=33, deep=400))
@given(HOLDINGS, HOLDINGS)
def test_kind_says_what_is_different(before: Holdings, after: Holdings) -> None:
    for change in changes_between(before, after):
        match change.kind, change.before, change.after:
            case ChangeKind.OPENED, old, _:
                assert old is None
            case ChangeKind.CLOSED, _, new:
                assert new is None
            case ChangeKind.UNITS, Position() as old, Position() as new:
                assert _units(old) != _units(new)
            case ChangeKind.COST, Position() as old, Position() as new:
                assert _units(old) == _units(new)
                assert _cost(old) != _cost(new)
            case ChangeKind.TERMS, Position() as old, Position() as new:
                assert (*_units(old), *_cost(old)) == (*_units(new), *_cost(new))
                assert old.instrument.terms != new.instrument.terms
            case ChangeKind.LOTS, Position() as old, Position() as new:
                assert (*_units(old), *_cost(old)) == (*_units(new), *_cost(new))
                assert old.instrument.terms == new.instrument.terms
            case ChangeKind.DEBT, Debt() as old, Debt() as new:
                assert old.amount != new.amount
            case ChangeKind.CASH, Balance() as old, Balance() as new:
                assert old.cash != new.cash
            case kind, old, new:
                assert kind in (ChangeKind.CASH, ChangeKind.DEBT)
                assert None in (old, new)


def _units(line: Position) -> tuple[Decimal | None, Decimal | None]:
    return line.units, line.vested_units


def _cost(line: Position) -> tuple[Decimal | None, Decimal | None]:
    return line.cost_per_unit, line.stated_cost
