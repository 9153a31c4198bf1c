"""Transactions: one contract for the table and its twin."""

from collections.abc import Sequence
from copy import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain.days import EVERY_DAY, DayRange
from freshet.domain.errors import ConcurrentChange
from freshet.domain.transaction_windows import Changes
from freshet.domain.transactions import Transaction, identified
from tests.builders import USER, a_transaction
from tests.integration.stores import Stores

ACCOUNT = "acc_1"
BARE = {
    "settled_on": None,
    "description": None,
    "symbol": None,
    "units": None,
    "price": None,
    "amount": None,
    "fee": None,
    "currency": None,
}


def _store(stores: Stores, *transactions: Transaction, account: str = ACCOUNT) -> list[Transaction]:
    found = list(identified(account, transactions))
    _apply(stores, Changes(written=tuple(found)), account=account)
    return found


def _apply(stores: Stores, changes: Changes, *, account: str = ACCOUNT) -> None:
    known = stores.transactions.since(USER, account, first=None)
    stores.transactions.apply(USER, account, changes, revision=known.revision)


def _page(
    stores: Stores,
    *,
    limit: int = 100,
    after: str | None = None,
    user_id: str = USER,
    days: DayRange = EVERY_DAY,
) -> tuple[Sequence[Transaction], str | None]:
    found, mark = stores.transactions.page(user_id, ACCOUNT, days=days, limit=limit, after=after)
    return list(found), mark


def _since(stores: Stores, day: int | None = None, *, user_id: str = USER) -> list[int]:
    first = None if day is None else date(2026, 11, day)
    found = stores.transactions.since(user_id, ACCOUNT, first=first)
    return [each.happened_on.day for each in found.transactions]


def _days(*days: int) -> list[Transaction]:
    return [a_transaction(happened_on=date(2026, 11, day)) for day in days]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        BARE,
        {"provider_id": "activity-1", "group": "order-1"},
        {"type": "SOMETHING_NEW", "source": '{"ünknown": 1.10}'},
        {"units": Decimal("0.12345678901234567"), "amount": Decimal("-1234567890123.4500")},
    ],
)
def test_transaction_comes_back_digit_for_digit_when_stored(stores: Stores, changes: Any) -> None:
    stored = _store(stores, a_transaction(**changes))
    found, _ = _page(stores)
    assert found == stored
    assert [str(found[0].units), str(found[0].amount)] == [
        *(str(stored[0].units), str(stored[0].amount)),
    ]


def test_nothing_is_there_twice_when_the_same_is_stored_again(stores: Stores) -> None:
    for _ in range(2):
        stored = _store(stores, a_transaction(), a_transaction(type="SELL"))
    found, _ = _page(stores)
    assert sorted(found, key=lambda each: each.id) == sorted(stored, key=lambda each: each.id)


def test_both_are_kept_when_two_are_equal(stores: Stores) -> None:
    _store(stores, a_transaction(), a_transaction())
    assert len(_page(stores)[0]) == 2


def test_newest_come_first_when_listed(stores: Stores) -> None:
    _store(stores, *_days(17, 19, 18))
    assert [each.happened_on.day for each in _page(stores)[0]] == [19, 18, 17]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_every_transaction_is_on_one_page_when_read_in_pages(stores: Stores, limit: int) -> None:
    stored = _store(stores, *_days(*range(10, 16)), *_days(12))
    pages: list[Transaction] = []
    mark = None
    for _ in range(-(-len(stored) // limit)):
        found, mark = _page(stores, limit=limit, after=mark)
        assert len(found) <= limit
        pages += found
        if mark is None:
            break
    assert mark is None
    assert sorted(pages, key=lambda each: (each.happened_on, each.id), reverse=True) == pages
    assert sorted(each.id for each in pages) == sorted(each.id for each in stored)


def test_page_goes_on_where_it_ended_when_a_newer_one_came_meanwhile(stores: Stores) -> None:
    _store(stores, *_days(16, 17, 18))
    _, mark = _page(stores, limit=2)
    _store(stores, *_days(19))
    assert [each.happened_on.day for each in _page(stores, limit=2, after=mark)[0]] == [16]


def test_nothing_else_of_the_partition_is_listed_when_asked(stores: Stores) -> None:
    _store(stores, a_transaction())
    _store(stores, a_transaction(), account="acc_2")
    assert len(_page(stores)[0]) == 1


def test_nothing_is_found_when_it_is_another_users(stores: Stores) -> None:
    _store(stores, a_transaction())
    assert _page(stores, user_id="user-2") == ([], None)
    assert _since(stores, user_id="user-2") == []


def test_removed_ones_are_gone_and_the_others_stay_when_changes_are_applied(
    stores: Stores,
) -> None:
    first, second, third = _store(stores, *_days(17, 18, 19))
    corrected = replace(third, description="corrected")
    _apply(stores, Changes(written=(corrected,), removed=(first,)))
    assert _page(stores)[0] == [corrected, second]


def test_more_than_fit_into_one_batch_are_all_there_when_they_are_applied(stores: Stores) -> None:
    stored = _store(stores, *(a_transaction(fee=Decimal(number)) for number in range(60)))
    assert len(_page(stores)[0]) == 60
    _apply(stores, Changes(removed=tuple(stored[:55])))
    assert len(_page(stores)[0]) == 5


@pytest.mark.parametrize(("first", "days"), [(None, [17, 18, 19]), (18, [18, 19]), (20, [])])
def test_those_from_a_day_on_are_given_oldest_first_when_asked(
    stores: Stores, first: int | None, days: list[int]
) -> None:
    _store(stores, *_days(19, 17, 18))
    assert _since(stores, first) == days


def test_revision_is_the_same_whichever_days_are_asked_for(stores: Stores) -> None:
    _store(stores, *_days(17))
    _store(stores, *_days(19))
    firsts = (None, date(2026, 11, 18), date(2027, 1, 1))
    found = {stores.transactions.since(USER, ACCOUNT, first=day).revision for day in firsts}
    assert found == {2}


def test_revision_stays_when_there_is_nothing_to_change(stores: Stores) -> None:
    _store(stores, *_days(17))
    stores.transactions.apply(USER, ACCOUNT, Changes(), revision=0)
    assert stores.transactions.since(USER, ACCOUNT, first=None).revision == 1


@pytest.mark.parametrize("known", [0, 1, 3])
def test_change_is_noticed_when_somebody_else_was_faster(stores: Stores, known: int) -> None:
    _store(stores, *_days(17))
    _store(stores, *_days(18))
    (mine,) = identified(ACCOUNT, _days(19))
    with pytest.raises(ConcurrentChange):
        stores.transactions.apply(USER, ACCOUNT, Changes(written=(mine,)), revision=known)


@pytest.mark.parametrize(
    ("first", "before", "days"),
    [
        (17, None, [19, 18, 17]),
        (18, 19, [18]),
        (None, 19, [18, 17, 16]),
        (None, 16, []),
        (20, None, []),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_only_wanted_days_are_listed_when_read_in_pages(
    stores: Stores, first: int | None, before: int | None, days: list[int], limit: int
) -> None:
    _store(stores, *_days(16, 17, 18, 19))
    ends = [None if day is None else date(2026, 11, day) for day in (first, before)]
    wanted = DayRange(first=ends[0], before=ends[1])
    shown, mark = _page(stores, limit=limit, days=wanted)
    while mark is not None:
        more, mark = _page(stores, limit=limit, days=wanted, after=mark)
        assert more
        shown = [*shown, *more]
    assert [each.happened_on.day for each in shown] == days


@pytest.mark.parametrize(
    ("mark", "days"), [("2026-11-18#x", [18, 17]), ("2026-11-18", [17]), ("", []), ("~", [18, 17])]
)
def test_page_begins_below_any_mark_when_that_row_is_gone_or_never_was(
    stores: Stores, mark: str, days: list[int]
) -> None:
    _store(stores, *_days(16, 17, 18))
    wanted = DayRange(first=date(2026, 11, 17))
    found, _ = _page(stores, after=mark, days=wanted)
    assert [each.happened_on.day for each in found] == days
