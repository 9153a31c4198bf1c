"""The books and the budgets: one contract for the table and its twin."""

from datetime import timedelta
from decimal import Decimal

import pytest

from freshet.domain.errors import ConcurrentChange
from freshet.domain.refresh import accept, put_back, refuse, start_call
from tests.builders import FENCE, NOON, USER, an_answer
from tests.integration.budgets import LATER, NOTHING, ONE, reserve
from tests.integration.stores import Stores


def test_call_is_on_the_books_before_and_after_when_it_is_made(money: Stores) -> None:
    calling = money.refreshes.book(
        start_call(reserve(money), accounts=("acc_1",), fence=FENCE, now=NOON)
    )
    (before,) = money.ledger()
    assert (before.standing, before.cost.amount, before.outcome) == (
        "assumed",
        Decimal("0.05"),
        "calling",
    )
    accepted = money.refreshes.book(accept(calling, an_answer(status=200), now=LATER))
    (after,) = money.ledger()
    assert (after.standing, after.cost.amount, after.outcome) == (
        "confirmed",
        Decimal("0.05"),
        "accepted",
    )
    assert money.refreshes.get(USER, accepted.id) == accepted
    assert accepted.version == calling.version + 1


def test_each_attempt_has_its_own_line_when_a_call_was_put_back(money: Stores) -> None:
    calling = money.refreshes.book(start_call(reserve(money), accounts=(), fence=FENCE, now=NOON))
    waiting = money.refreshes.book(put_back(calling, "provider_not_reached"))
    money.refreshes.book(
        start_call(waiting, accounts=(), fence=FENCE, now=NOON + timedelta(minutes=1))
    )
    lines = [(entry.outcome, entry.cost.amount) for entry in money.ledger()]
    assert lines == [("provider_not_reached", 0), ("calling", Decimal("0.05"))]
    assert set(money.spent().values()) == {ONE}


def test_money_returns_to_its_own_day_when_a_call_is_refused(money: Stores) -> None:
    calling = money.refreshes.book(start_call(reserve(money), accounts=(), fence=FENCE, now=NOON))
    refused = refuse(calling, "login_required", answer=an_answer(), now=NOON + timedelta(days=20))
    money.refreshes.book(refused)
    assert set(money.spent().values()) == {NOTHING}
    assert [entry.cost.amount for entry in money.ledger()] == [0]


def test_money_returns_once_when_a_refusal_is_booked_twice(money: Stores) -> None:
    calling = money.refreshes.book(start_call(reserve(money), accounts=(), fence=FENCE, now=NOON))
    refused = refuse(calling, "no", answer=None, now=LATER)
    money.refreshes.book(refused)
    with pytest.raises(ConcurrentChange):
        money.refreshes.book(refused)
    assert set(money.spent().values()) == {NOTHING}
