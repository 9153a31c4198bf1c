"""What a read of some days changes in the store, and what it must leave alone."""

from copy import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain.days import EVERY_DAY, DayRange
from freshet.domain.transaction_windows import Changes, changes_of, is_doubtful, window_read
from freshet.domain.transactions import Transaction, identified
from tests.builders import a_transaction

ACCOUNT = "acc_1"
MONDAY = date(2026, 11, 16)
WEEK = DayRange(first=MONDAY, before=MONDAY + timedelta(days=7))


def _on(days: int, **changes: Any) -> Transaction:
    return a_transaction(happened_on=MONDAY + timedelta(days=days), **changes)


def _changes(
    listed: list[Transaction], *stored: Transaction, is_whole: bool = True
) -> tuple[list[Transaction], list[Transaction]]:
    read = window_read(WEEK, listed, is_whole=is_whole)
    changes = changes_of(ACCOUNT, read, list(identified(ACCOUNT, stored)))
    bare = [[replace(each, id="") for each in part] for part in (changes.written, changes.removed)]
    return bare[0], bare[1]


def test_nothing_changes_when_the_same_is_listed_in_another_order() -> None:
    rows = [_on(0), _on(0, provider_id="b"), _on(0, provider_id="a"), _on(3), _on(6)]
    read = window_read(WEEK, reversed(rows), is_whole=True)
    assert not changes_of(ACCOUNT, read, list(identified(ACCOUNT, rows)))


def test_old_one_goes_when_a_corrected_one_comes() -> None:
    corrected = _on(1, amount=Decimal("-602.41"))
    assert _changes([_on(0), corrected], _on(0), _on(1)) == ([corrected], [_on(1)])


def test_row_is_written_anew_under_its_id_when_only_its_wording_changed() -> None:
    again = _on(1, source='{"id": "activity-9"}')
    assert _changes([_on(0), again], _on(0), _on(1)) == ([again], [])


def test_three_fills_of_an_order_stay_three_when_the_provider_loads_them_again() -> None:
    first, again = (
        [_on(0, group="order-1", provider_id=f"{load}-{each}", source=each) for each in "abc"]
        for load in ("first", "again")
    )
    stored = list(identified(ACCOUNT, first))
    changes = changes_of(ACCOUNT, window_read(WEEK, again, is_whole=True), stored)
    assert len(stored) == 3
    assert changes.removed == ()
    assert {each.id for each in changes.written} == {each.id for each in stored}


def test_one_of_two_equal_ones_goes_when_one_was_cancelled() -> None:
    assert _changes([_on(0)], _on(0), _on(0)) == ([], [_on(0)])


@pytest.mark.parametrize("outside", [-1, 7, 300, -300])
def test_days_outside_stay_when_they_are_listed_and_when_they_are_not(outside: int) -> None:
    assert _changes([_on(0)], _on(0), _on(outside)) == ([], [])
    assert _changes([_on(0), _on(outside)], _on(0)) == ([], [])


def test_nothing_goes_when_nothing_is_listed_any_more() -> None:
    assert _changes([], _on(0), _on(1)) == ([], [])


def test_only_unknown_days_come_in_when_not_all_pages_were_read() -> None:
    listed = [_on(0, amount=Decimal("-602.41")), _on(2), _on(2)]
    assert _changes(listed, _on(0), _on(1), is_whole=False) == ([_on(2), _on(2)], [])


def test_empty_answer_is_doubtful_only_when_something_was_there() -> None:
    nothing, something = (window_read(WEEK, rows, is_whole=True) for rows in ([], [_on(1)]))
    assert is_doubtful(nothing, [_on(0)])
    assert not is_doubtful(nothing, [_on(-1), _on(7)])
    assert not is_doubtful(something, [_on(0)])


def test_line_without_a_day_is_left_for_later_when_a_window_is_read() -> None:
    read = window_read(EVERY_DAY, [None, _on(0)], is_whole=True)
    assert read.found == (_on(0),)


def test_nothing_to_do_is_false_when_changes_are_asked() -> None:
    assert not Changes()
    assert Changes(removed=(_on(0),))


@pytest.mark.parametrize(
    ("days", "inside", "outside"),
    [
        (DayRange(first=MONDAY), [0, 1, 900], [-1]),
        (DayRange(before=MONDAY), [-1, -900], [0, 1]),
        (WEEK, [0, 6], [-1, 7]),
        (EVERY_DAY, [-900, 900], []),
    ],
)
def test_first_day_is_in_and_the_last_is_not_when_a_range_is_asked(
    days: DayRange, inside: list[int], outside: list[int]
) -> None:
    assert all(MONDAY + timedelta(days=each) in days for each in inside)
    assert not any(MONDAY + timedelta(days=each) in days for each in outside)
