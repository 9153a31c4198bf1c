"""Our total beside the stated one, which other code than ours has made."""

from collections.abc import Iterator
from copy import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freshet.domain.holdings import Balance, Debt, Holdings, Part, Statement
from freshet.domain.positions import Numbers, Position
from freshet.domain.reconciliation import Reconciliation, reconcile
from tests.builders import NOON, a_balance, a_position, an_instrument, an_option, some_holdings
from tests.depth import many
from tests.worth import counted, worth_of

AMOUNTS = st.decimals(1, 10**6, places=3, allow_nan=False, allow_infinity=False)
SIGNED = AMOUNTS.flatmap(lambda amount: st.sampled_from([amount, -amount]))
INSTRUMENTS = st.sampled_from(
    [
        an_instrument(),
        an_option(),
        an_option(multiplier=Decimal(10)),
        an_instrument(kind="future", id="i-future", multiplier=Decimal(50)),
    ]
)
POSITIONS = st.builds(
    a_position,
    instrument=INSTRUMENTS,
    units=SIGNED,
    price=AMOUNTS,
    cash_equivalent=st.booleans(),
    stated_value=st.none() | SIGNED,
)
BOOKS = st.builds(
    Holdings,
    positions=st.lists(POSITIONS, max_size=5).map(tuple),
    balances=st.lists(st.builds(a_balance, cash=SIGNED), max_size=1).map(tuple),
    debts=st.lists(st.builds(Debt, currency=st.just("USD"), amount=AMOUNTS), max_size=1).map(tuple),
    source=st.just("{}"),
)
# The fields that a total is made of, by the kind of line.
NUMBERS: dict[type[Any], tuple[str, ...]] = {
    Position: ("units", "price", "stated_value"),
    Balance: ("cash",),
    Debt: ("amount",),
}


def _stated(holdings: Holdings, amount: Decimal, **changes: Any) -> Holdings:
    values: dict[str, Any] = {"total": amount, "currency": "USD", "as_of": NOON}
    return replace(holdings, statement=Statement(**(values | changes)))


def _told(holdings: Holdings, **changes: Any) -> Reconciliation:
    return reconcile(holdings, **({"as_of": NOON} | changes))


def _total(holdings: Holdings) -> Fraction:
    worth = worth_of(holdings).get("USD")
    return worth.total if worth else Fraction(0)


def _tolerance(holdings: Holdings) -> Fraction:
    """A cent for each line, or a thousandth of all amounts."""
    positions = [abs(counted(each) or Fraction(0)) for each in holdings.positions]
    cash = [abs(Fraction(each.cash or 0)) for each in holdings.balances]
    debts = [abs(Fraction(each.amount or 0)) for each in holdings.debts]
    gross = sum((*positions, *cash, *debts), Fraction(0))
    return max(Fraction(len(holdings.lines), 100), gross / 1000)


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


@settings(max_examples=many(in_gate=40, deep=600))
@given(BOOKS)
def test_totals_agree_where_the_statement_is_the_sum_of_the_book(book: Holdings) -> None:
    told = _told(_stated(book, _decimal(_total(book))))
    assert told.status == "agrees"
    assert told.computed == told.stated


def _tampered(book: Holdings, share: Decimal) -> Iterator[Holdings]:
    """The book with one number of one line changed, each in turn."""
    for kind in ("positions", "balances", "debts"):
        lines = getattr(book, kind)
        for place, line in enumerate(lines):
            for name in NUMBERS[type(line)]:
                number = getattr(line, name)
                if number is not None:
                    other = replace(line, **{name: number * share})
                    changes: Any = {kind: (*lines[:place], other, *lines[place + 1 :])}
                    yield replace(book, **changes)


@settings(max_examples=many(in_gate=40, deep=600))
@given(BOOKS, st.sampled_from([Decimal("1.5"), Decimal("0.9"), Decimal(10), Decimal("1.0001")]))
def test_totals_differ_where_any_one_field_was_tampered_with(
    book: Holdings, share: Decimal
) -> None:
    total = _total(book)
    for tampered in _tampered(book, share):
        told = _told(_stated(tampered, _decimal(total)))
        # What is owed, also where it is a negative balance already: a statement may leave it out.
        debt = sum((Fraction(each.amount or 0) for each in tampered.debts), Fraction(0))
        missing, tolerance = total - _total(tampered), _tolerance(tampered)
        is_close = min(abs(missing), abs(missing - debt)) <= tolerance
        assert told.status == ("agrees" if is_close else "differs")


MARGIN = (a_position(units=Decimal(1000), price=Decimal(100)),)
LOAN = (Debt(currency="USD", amount=Decimal(40_000)),)


@pytest.mark.parametrize(
    ("book", "stated", "status", "reasons", "computed"),
    [
        ({"positions": MARGIN, "debts": LOAN}, "60000", "agrees", [], "60000"),
        ({"positions": MARGIN, "debts": LOAN}, "100000", "agrees", ["stated_before_debt"], "60000"),
        ({"positions": MARGIN, "debts": LOAN}, "77000", "differs", ["debt"], "60000"),
        (
            {"positions": MARGIN, "debts": LOAN, "balances": (a_balance(cash=Decimal(-40_000)),)},
            "60000",
            "agrees",
            [],
            "60000",
        ),
        ({"positions": (a_position(price=Decimal(0)),)}, "61250", "differs", [], "0"),
        ({"positions": (a_position(price=None),)}, "61250", "differs", ["unpriced"], "0"),
        (
            {"positions": (a_position(numbers=Numbers.LAST_KNOWN),)},
            "9",
            "differs",
            ["unreadable"],
            "3765",
        ),
        ({"missing_parts": (Part.POSITIONS,)}, "32600.71", "differs", ["unreadable"], None),
        (
            {"positions": (a_position(vested_units=Decimal(1)),)},
            "3765",
            "differs",
            ["unvested"],
            "301.20",
        ),
        (
            {"positions": (a_position(price_basis=None),)},
            "3765",
            "differs",
            ["price_basis"],
            "0",
        ),
    ],
)
def test_difference_has_its_reasons(
    book: dict[str, Any], stated: str, status: str, reasons: list[str], computed: str | None
) -> None:
    empty: dict[str, Any] = {"positions": (), "balances": ()}
    told = _told(_stated(some_holdings(**(empty | book)), Decimal(stated)))
    assert (told.status, list(told.reasons)) == (status, reasons)
    assert told.computed == (None if computed is None else Decimal(computed))


@pytest.mark.parametrize(
    ("changes", "line", "status"),
    [
        ({"total": None}, {}, "unstated"),
        ({"currency": None}, {}, "unstated"),
        ({}, {"currency": "CAD"}, "not_comparable"),
        ({}, {"currency": None}, "not_comparable"),
        ({}, {"currency": "CAD", "price": None}, "not_comparable"),
        ({}, {"currency": "CAD", "units": Decimal(0)}, "agrees"),
    ],
)
def test_nothing_is_compared_across_currencies_or_with_nothing(
    changes: dict[str, Any], line: dict[str, Any], status: str
) -> None:
    book = some_holdings(positions=(a_position(**line),), balances=(a_balance(cash=Decimal(0)),))
    told = _told(_stated(book, Decimal(0), **changes))
    assert told.status == status
    assert _told(book).status == "unstated"


@pytest.mark.parametrize(
    ("missing", "apart", "status", "reasons"),
    [
        ("3", timedelta(minutes=15), "agrees", []),
        ("5", timedelta(minutes=15), "differs", []),
        ("5", timedelta(minutes=16), "agrees", ["times_apart"]),
        ("50", timedelta(hours=-2), "differs", ["times_apart"]),
        ("3", timedelta(hours=2), "agrees", []),
    ],
)
def test_more_may_be_missing_where_the_two_were_said_at_other_times(
    missing: str, apart: timedelta, status: str, reasons: list[str]
) -> None:
    book = some_holdings(balances=())
    told = _told(_stated(book, Decimal(3765) + Decimal(missing)), as_of=NOON + apart)
    assert (told.status, list(told.reasons)) == (status, reasons)
