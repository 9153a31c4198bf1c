"""A line whose numbers cannot be read keeps the last known ones, and nothing follows from it."""

from copy import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.holdings import Balance, Holdings
from freshet.domain.instruments import Instrument
from freshet.domain.positions import Numbers, Position
from freshet.domain.snapshot import HoldingsReading, HoldingsSnapshot, Outcome, judge
from tests.builders import (
    NEW_YORK,
    NOON,
    totals_in,
)


def _line(symbol: str, units: str | None, **changes: Any) -> Position:
    values: dict[str, Any] = {
        "instrument": Instrument(kind="etf", id=symbol, symbol=symbol),
        "units": None if units is None else Decimal(units),
        "price": Decimal(10),
        "cost_per_unit": Decimal(8),
        "currency": "USD",
    }
    return Position(**(values | changes))


def _cash(amount: str | None, numbers: Numbers = Numbers.READ) -> Balance:
    cash = None if amount is None else Decimal(amount)
    return Balance(currency="USD", cash=cash, buying_power=None, numbers=numbers)


def _unread(symbol: str) -> Position:
    return _line(symbol, None, price=None, cost_per_unit=None, numbers=Numbers.UNKNOWN)


def _reading(*lines: Position, cash: Balance | None = None, hours: int = 0) -> HoldingsReading:
    at = NOON + timedelta(hours=hours)
    return HoldingsReading(
        holdings=Holdings(positions=lines, balances=(cash or _cash("5"),), source="{}"),
        broker_as_of=at,
        provider_synced_at=at,
        started_at=at,
        fetched_at=at,
    )


def _latest(before: HoldingsSnapshot | None, outcome: Outcome) -> HoldingsSnapshot:
    latest = outcome.latest or before
    assert latest is not None
    return latest


def _first(*lines: Position) -> HoldingsSnapshot:
    return _latest(None, judge(None, _reading(*lines), zone=NEW_YORK))


def test_last_numbers_stay_and_no_date_moves_when_a_line_is_unreadable() -> None:
    before = _first(_line("A", "3"), _line("B", "4"))
    outcome = judge(before, _reading(_unread("A"), _line("B", "4"), hours=24), zone=NEW_YORK)
    after = _latest(before, outcome)
    kept, other = after.holdings.positions
    assert (kept.units, kept.price, kept.numbers) == (Decimal(3), Decimal(10), Numbers.LAST_KNOWN)
    assert other.numbers is Numbers.READ
    assert (outcome.is_new_version, outcome.changes) == (False, ())
    assert (after.version, after.data_as_of, after.fetched_at, after.changed_at) == (
        before.version,
        before.data_as_of,
        before.fetched_at,
        before.changed_at,
    )
    assert after.is_partly_unreadable
    (total,) = totals_in(after.holdings)
    assert (total.total, total.unread_lines, total.unpriced_positions) == (Decimal(75), 1, 0)


def test_readable_lines_go_on_when_another_is_not() -> None:
    before = _first(_line("A", "3"), _line("B", "4"))
    outcome = judge(before, _reading(_unread("A"), _line("B", "5"), hours=24), zone=NEW_YORK)
    (change,) = outcome.changes
    assert (outcome.is_new_version, change.after) == (True, _line("B", "5"))


def test_nothing_is_told_of_a_line_when_it_was_never_read() -> None:
    before = _first(_unread("A"), _line("B", "4"))
    assert before.is_partly_unreadable
    (unknown, _) = before.holdings.positions
    assert (unknown.units, unknown.numbers) == (None, Numbers.UNKNOWN)
    again = judge(before, _reading(_unread("A"), _line("B", "4"), hours=1), zone=NEW_YORK)
    assert (again.is_new_version, again.changes) == (False, ())
    known = judge(before, _reading(_line("A", "3"), _line("B", "4"), hours=2), zone=NEW_YORK)
    (change,) = known.changes
    assert (change.kind, change.after) == ("opened", _line("A", "3"))
    assert not _latest(before, known).is_partly_unreadable


def test_cash_stays_when_its_amount_is_unreadable() -> None:
    before = _first(_line("A", "3"))
    odd = _cash(None, Numbers.UNKNOWN)
    after = _latest(
        before, judge(before, _reading(_line("A", "3"), cash=odd, hours=1), zone=NEW_YORK)
    )
    assert after.holdings.balances == (_cash("5", Numbers.LAST_KNOWN),)
    (total,) = totals_in(after.holdings)
    assert (total.cash, total.unread_lines) == (Decimal(5), 1)


def test_no_line_is_mistaken_for_another_when_there_are_fewer_of_an_instrument() -> None:
    before = _first(_line("A", "3"), _line("A", "4"))
    after = _latest(before, judge(before, _reading(_unread("A"), hours=1), zone=NEW_YORK))
    (line,) = after.holdings.positions
    assert (line.units, line.numbers) == (None, Numbers.UNKNOWN)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.booleans()), max_size=5), st.integers(1, 9))
def test_no_number_is_invented_whatever_cannot_be_read(
    lines: list[tuple[str, bool]], hours: int
) -> None:
    before = _first(_line("A", "3"), _line("B", "4"))
    read = [_line(symbol, "7") if is_read else _unread(symbol) for symbol, is_read in lines]
    reading = _reading(*read, hours=hours)
    after = _latest(before, judge(before, reading, zone=NEW_YORK))
    known = {(each.instrument.id, each.units) for each in (*before.holdings.positions, *read)}
    assert {(each.instrument.id, each.units) for each in after.holdings.positions} <= known
    if not reading.holdings.is_partly_unreadable:
        return
    assert after.data_as_of == before.data_as_of
    whole = replace(after, holdings=replace(after.holdings, source="{}"))
    assert (
        judge(whole, replace(reading, started_at=reading.started_at), zone=NEW_YORK).changes == ()
    )
