"""Ids made of content: the same transaction has the same id, however often it is loaded."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.transactions import Transaction, identified
from tests.builders import a_transaction

DIVIDEND = a_transaction(type="DIVIDEND", units=None, price=None, amount=Decimal("1.10"))
SALE = a_transaction(type="SELL", units=Decimal("-2.0"), amount=Decimal("602.40"))


def _ids(*transactions: Transaction) -> list[str]:
    return [each.id for each in identified(transactions)]


def test_everything_else_stays_when_a_transaction_gets_its_id() -> None:
    (found,) = identified([a_transaction()])
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
    assert sorted(identified(shuffled), key=lambda each: each.id) == sorted(
        identified(usual), key=lambda each: each.id
    )


@pytest.mark.parametrize("changes", [{"units": Decimal(2)}, {"fee": Decimal("-0.000")}])
def test_id_stays_when_a_number_is_only_spelt_anew(changes: dict[str, Any]) -> None:
    assert _ids(a_transaction()) == _ids(a_transaction(**changes))


def test_one_stays_when_a_provider_lists_what_it_loaded_twice() -> None:
    copies = [a_transaction(reference="r-1", source=source) for source in ('"a"', '"b"')]
    assert len(_ids(*copies)) == 1


@pytest.mark.parametrize("references", [("r-1", "r-2"), (None, None), ("r-1", None)])
def test_both_stay_when_two_are_equal_and_the_broker_does_not_say_they_are_one(
    references: tuple[str | None, str | None],
) -> None:
    assert len(set(_ids(*(a_transaction(reference=each) for each in references)))) == 2
