"""Ids made of content: the same transaction has the same id, however often it is loaded."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.transactions import Transaction, identified
from tests.builders import a_transaction

ACCOUNT = "acc_1"
DIVIDEND = a_transaction(type="DIVIDEND", units=None, price=None, amount=Decimal("1.10"))
SALE = a_transaction(type="SELL", units=Decimal("-2.0"), amount=Decimal("602.40"))


def _ids(*transactions: Transaction) -> list[str]:
    return [each.id for each in identified(ACCOUNT, transactions)]


def test_everything_else_stays_when_a_transaction_gets_its_id() -> None:
    (found,) = identified(ACCOUNT, [a_transaction()])
    assert found == a_transaction(id=found.id)
    assert found.id


def test_equal_transactions_of_a_day_get_different_ids_when_they_are_genuine() -> None:
    first = _ids(a_transaction(), a_transaction(), a_transaction())
    assert len(set(first)) == 3
    assert first == _ids(a_transaction(), a_transaction(), a_transaction())


def test_known_ones_keep_their_ids_when_another_equal_one_appears() -> None:
    assert _ids(a_transaction(), a_transaction())[:1] == _ids(a_transaction())


@pytest.mark.parametrize(
    "changes",
    [
        {"happened_on": date(2026, 11, 18)},
        {"type": "SELL"},
        {"symbol": "QARK"},
        {"symbol": None},
        {"currency": "CAD"},
        {"units": Decimal(3)},
        {"units": None},
        {"price": Decimal("301.21")},
        {"amount": Decimal("602.40")},
        {"fee": None},
    ],
)
def test_ids_differ_when_the_content_does(changes: dict[str, Any]) -> None:
    assert _ids(a_transaction()) != _ids(a_transaction(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "BOUGHT VTI"},
        {"source": '{"id": "activity-9"}'},
        {"settled_on": None},
    ],
)
def test_id_stays_when_a_provider_only_words_it_anew(changes: dict[str, Any]) -> None:
    assert _ids(a_transaction()) == _ids(a_transaction(**changes))


@given(st.permutations([a_transaction(), a_transaction(), a_transaction(), DIVIDEND, SALE, SALE]))
def test_same_ids_are_given_when_pages_come_in_another_order(
    shuffled: list[Transaction],
) -> None:
    usual = [a_transaction(), a_transaction(), a_transaction(), DIVIDEND, SALE, SALE]
    assert sorted(_ids(*shuffled)) == sorted(_ids(*usual))
    assert sorted(identified(ACCOUNT, shuffled), key=lambda each: each.id) == sorted(
        identified(ACCOUNT, usual), key=lambda each: each.id
    )


@pytest.mark.parametrize("changes", [{"units": Decimal(2)}, {"fee": Decimal("-0.000")}])
def test_id_stays_when_a_number_is_only_spelt_anew(changes: dict[str, Any]) -> None:
    assert _ids(a_transaction()) == _ids(a_transaction(**changes))


def _fill(provider_id: str | None, **changes: Any) -> Transaction:
    values = {
        "group": "order-1",
        "provider_id": provider_id,
        "source": f'{{"id": "{provider_id}"}}',
    }
    return a_transaction(**(values | changes))


def test_fills_of_one_order_are_each_one_and_keep_their_ids_when_they_are_loaded_again() -> None:
    ids = _ids(_fill("a"), _fill("b"), _fill("c"))
    assert len(set(ids)) == 3
    assert set(_ids(_fill("y"), _fill("x"), _fill("z"))) == set(ids)


def test_one_stays_when_two_pages_show_it() -> None:
    once = _ids(_fill("a"), _fill("b"))
    twice = _ids(_fill("a"), _fill("b"), _fill("a", source="as on the other page"))
    assert set(twice) == set(once)
    assert len(twice) == 2


@pytest.mark.parametrize("group", ["order-1", None])
def test_each_is_one_when_equal_ones_have_no_id_at_all(group: str | None) -> None:
    assert len(set(_ids(*[_fill(None, group=group)] * 3, _fill("a", group=group)))) == 4


@given(st.permutations([_fill("a"), _fill("b"), _fill("b"), _fill(None), _fill(None), SALE]))
def test_ids_of_equal_ones_stand_for_the_same_whatever_their_order(
    shuffled: list[Transaction],
) -> None:
    usual = [_fill("a"), _fill("b"), _fill(None), _fill(None), SALE]
    found, expected = (
        sorted(identified(ACCOUNT, each), key=lambda each: each.id) for each in (shuffled, usual)
    )
    assert found == expected


def test_equal_transactions_of_two_accounts_have_different_ids() -> None:
    one, other = (
        {each.id for each in identified(account, [a_transaction(), a_transaction()])}
        for account in ("acc_1", "acc_2")
    )
    assert len(one | other) == 4
