"""Transactions: one contract for the table and its twin."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

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
    found = list(identified(transactions))
    stores.transactions.store(USER, account, found)
    return found


def _page(
    stores: Stores, *, limit: int = 100, after: str | None = None, user_id: str = USER
) -> tuple[Sequence[Transaction], str | None]:
    found, mark = stores.transactions.page(user_id, ACCOUNT, limit=limit, after=after)
    return list(found), mark


def _days(*days: int) -> list[Transaction]:
    return [a_transaction(happened_on=date(2026, 11, day)) for day in days]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        BARE,
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
    pages, mark = [], None
    for _ in range(len(stored) + 1):
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
