"""Cash and debt that are not stated any more: unknown is not zero."""

from collections.abc import Iterator, Sequence
from copy import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain.holdings import Balance, Debt, Holdings, Statement
from freshet.domain.positions import Position
from freshet.domain.snapshot import HoldingsSnapshot, Outcome, judge
from freshet.domain.totals import total_in
from tests.builders import (
    NEW_YORK,
    NOON,
    a_balance,
    a_position,
    a_reading,
    an_instrument,
    some_holdings,
)

HOUR = timedelta(hours=1)
CASH = Decimal("48500.25")
LINES = (a_position(units=Decimal(3), price=Decimal(10)),)
KNOWN = (a_balance(cash=CASH, buying_power=None),)
UNSTATED = (a_balance(cash=None, buying_power=None),)


def _book(balances: tuple[Balance, ...], *, stated: str | None = None, **changes: Any) -> Holdings:
    statement = stated and Statement(total=Decimal(stated), currency="USD")
    values: dict[str, Any] = {"positions": LINES, "balances": balances}
    return some_holdings(**(values | changes), statement=statement or None)


def _reads(
    books: Sequence[Holdings], *, hours: Sequence[int] | None = None, is_partial: bool = False
) -> Iterator[tuple[Outcome, HoldingsSnapshot]]:
    """Judge one reading after the other, an hour newer each time unless hours are given."""
    latest: HoldingsSnapshot | None = None
    for number, book in enumerate(books):
        as_of = NOON + (hours[number] if hours else number) * HOUR
        reading = a_reading(
            holdings=book,
            broker_as_of=as_of,
            provider_synced_at=as_of,
            started_at=NOON + number * HOUR,
            fetched_at=NOON + 100 * HOUR,
            is_partial=is_partial and number > 0,
        )
        outcome = judge(latest, reading, zone=NEW_YORK)
        latest = outcome.latest or latest
        assert latest is not None
        yield outcome, latest


def _totals(books: Sequence[Holdings], **changes: Any) -> list[Decimal]:
    return [total_in(latest.holdings, "USD").total for _, latest in _reads(books, **changes)]


WITH, WITHOUT = CASH + 30, Decimal(30)


@pytest.mark.parametrize(
    ("later", "totals"),
    [
        ([UNSTATED, UNSTATED, UNSTATED], [WITH, WITH, WITH]),
        ([(), ()], [WITH, WITHOUT]),
        ([UNSTATED, (), ()], [WITH, WITH, WITHOUT]),
        ([(), UNSTATED, ()], [WITH, WITH, WITH]),
        ([(), KNOWN, ()], [WITH, WITH, WITH]),
        ([(a_balance(cash=Decimal(0)),)], [WITHOUT]),
        ([(a_balance(currency="CAD", cash=Decimal(0)),)] * 2, [WITH, WITHOUT]),
    ],
)
def test_cash_is_kept_until_newer_data_repeats_that_it_is_gone(
    later: list[tuple[Balance, ...]], totals: list[Decimal]
) -> None:
    assert _totals([_book(KNOWN), *map(_book, later)]) == [WITH, *totals]


def test_kept_cash_is_marked_and_changes_nothing() -> None:
    _, (outcome, after) = _reads([_book(KNOWN), _book(())])
    assert [each.numbers for each in after.holdings.balances] == ["kept"]
    assert (outcome.is_new_version, outcome.changes) == (False, ())
    assert total_in(after.holdings, "USD").unread_lines == 1
    assert not after.is_partly_unreadable
    assert after.data_as_of == NOON + HOUR


def test_cash_is_gone_at_once_where_the_stated_total_agrees_without_it() -> None:
    assert _totals([_book(KNOWN), _book((), stated="30")]) == [WITH, WITHOUT]
    assert _totals([_book(KNOWN), _book((), stated="48530.25")]) == [WITH, WITH]


def test_same_data_read_again_proves_nothing() -> None:
    books = [_book(KNOWN), _book(()), _book(()), _book(())]
    assert _totals(books, hours=[0, 1, 1, 2]) == [WITH, WITH, WITH, WITHOUT]


def test_answer_that_is_not_whole_proves_nothing() -> None:
    books = [_book(KNOWN), _book(()), _book(()), _book(())]
    assert _totals(books, is_partial=True) == [WITH] * 4


def _owing(amount: int) -> Holdings:
    return _book(KNOWN, debts=(Debt(currency="USD", amount=Decimal(amount)),))


def test_debt_is_paid_by_a_stated_zero_or_by_the_stated_total_alone() -> None:
    owing = _owing(2000)
    assert _totals([owing, _book(KNOWN), _book(KNOWN)]) == [WITH - 2000] * 3
    assert _totals([owing, _owing(0)]) == [WITH - 2000, WITH]
    (_, _), (_, after) = _reads([owing, _owing(0)])
    assert after.holdings.debts == ()
    paid = replace(_book(KNOWN), statement=Statement(total=WITH, currency="USD"))
    assert _totals([owing, paid]) == [WITH - 2000, WITH]
    (_, first), *_ = _reads([owing])
    assert [each.content for each in first.holdings.debts] == ['["debt", "USD", "2000"]']


def test_nothing_is_made_up_on_a_first_load() -> None:
    ((_, first),) = _reads([_book(UNSTATED, stated="48530.25")])
    assert [(each.cash, each.numbers) for each in first.holdings.balances] == [(None, "read")]
    assert total_in(first.holdings, "USD").unread_lines == 1
    assert list(first.reconciliation.reasons) == ["unreadable"]


def test_stated_total_proves_nothing_of_another_currency() -> None:
    dollars = a_balance(cash=Decimal(100), buying_power=None)
    both = (dollars, a_balance(currency="CAD", cash=Decimal(50), buying_power=None))
    (_, _), (_, after) = _reads([_book(both), _book((dollars,), stated="130")])
    assert [(each.currency, each.numbers) for each in after.holdings.balances] == [
        ("USD", "read"),
        ("CAD", "kept"),
    ]


def _cash_line(amount: str) -> Position:
    money = an_instrument(kind="cash", id="cash", symbol="CUR:USD")
    return a_position(
        instrument=money, units=Decimal(amount), price=Decimal(1), cash_equivalent=True
    )


def test_cash_that_is_a_line_of_the_portfolio_is_kept_once_too() -> None:
    known = _book((), positions=(*LINES, _cash_line("500")))
    outcomes = list(_reads([known, _book(()), _book(())]))
    assert [total_in(latest.holdings, "USD").cash for _, latest in outcomes] == [500, 500, 0]
    assert [outcome.is_new_version for outcome, _ in outcomes] == [True, False, True]


def test_unlisted_cash_gives_way_to_the_line_that_lists_it() -> None:
    proven = replace(
        _book(()),
        statement=Statement(total=Decimal(530), currency="USD", available=Decimal(500)),
    )
    unstated = replace(proven, statement=Statement(total=None, currency="USD"))
    listed = replace(proven, positions=(*LINES, _cash_line("600")))
    outcomes = list(_reads([proven, unstated, listed]))
    assert [total_in(latest.holdings, "USD").cash for _, latest in outcomes] == [500, 500, 600]
    assert [each.numbers for each in outcomes[1][1].holdings.balances] == ["kept"]


def test_cash_of_null_stays_known_beside_a_portfolio_that_is_empty() -> None:
    books = [_book(KNOWN), *[_book(UNSTATED, positions=())] * 3]
    assert _totals(books)[-1] == CASH


def test_empty_answer_is_doubted_although_cash_is_kept_from_it() -> None:
    known = _book((), positions=(*LINES, _cash_line("500")), stated="530")
    (_, first), (outcome, after), (again, _) = _reads([known, _book((), positions=()), known])
    assert (outcome.is_unconfirmed, outcome.is_new_version) == (True, False)
    assert after.holdings == first.holdings
    assert again.changes == ()


def test_debt_follows_the_currency_of_the_account() -> None:
    unnamed = _book((), debts=(Debt(currency=None, amount=Decimal(20)),))
    named = _book((), debts=(Debt(currency="USD", amount=Decimal(20)),))
    moved = _book((), debts=(Debt(currency="CAD", amount=Decimal(20)),))
    found = [latest.holdings.debts for _, latest in _reads([named, unnamed, named, moved])]
    assert [[each.currency for each in debts] for debts in found] == [["USD"]] * 3 + [["CAD"]]


def test_debt_without_a_currency_is_gone_where_the_total_agrees_without_it() -> None:
    unnamed = _book((), debts=(Debt(currency=None, amount=Decimal(20)),))
    _, (_, after) = _reads([unnamed, _book((), stated="30")])
    assert after.holdings.debts == ()


@pytest.mark.parametrize(
    ("first", "later", "totals"),
    [
        # Paid, and the rest is cash that no line lists.
        (_book((), debts=(Debt(currency="USD", amount=Decimal(20)),)), ("530", "500"), [10, 530]),
        # The stated total before the debt agrees with it, too.
        (
            _book((), debts=(Debt(currency="USD", amount=Decimal(20)),), stated="30"),
            ("30", None),
            [10, 10],
        ),
    ],
)
def test_debt_goes_where_the_total_agrees_without_it_alone(
    first: Holdings, later: tuple[str, str | None], totals: list[int]
) -> None:
    total, available = later
    statement = Statement(
        total=Decimal(total),
        currency="USD",
        available=None if available is None else Decimal(available),
    )
    after = replace(_book(()), statement=statement)
    assert _totals([first, after, after]) == [totals[0], totals[1], totals[1]]


def test_cash_of_null_is_kept_whatever_the_total_says() -> None:
    after = _book(UNSTATED, stated="30")
    assert _totals([_book(KNOWN, stated="48530.25"), after, after]) == [WITH, WITH, WITH]


def test_proven_cash_is_kept_through_a_blemish() -> None:
    statement = Statement(total=Decimal(530), currency="USD", available=Decimal(500))
    proven = replace(_book(()), statement=statement)
    unread = replace(proven, positions=(replace(LINES[0], price=None),))
    disproven = replace(proven, statement=replace(statement, total=Decimal(999)))
    outcomes = list(_reads([proven, unread, proven, disproven]))
    assert [total_in(latest.holdings, "USD").cash for _, latest in outcomes] == [500, 500, 500, 0]
    assert [outcome.is_new_version for outcome, _ in outcomes] == [True, False, False, True]


def test_zero_and_null_and_minus_zero_are_no_different_content() -> None:
    zeros = [_book((a_balance(cash=Decimal(each)),)) for each in ("0", "-0", "0.00")]
    (_, *later) = _reads([*zeros, _book(UNSTATED), zeros[0]])
    assert [outcome.is_new_version for outcome, _ in later] == [False] * 4
