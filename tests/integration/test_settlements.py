"""Lost answers, proofs and invoices in ledger and budgets: one contract for table and twin."""

from copy import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain.budgets import Spending, Tally
from freshet.domain.errors import ConcurrentChange
from freshet.domain.ledger import Settlement, settle
from freshet.domain.money import Money
from freshet.domain.refresh import (
    AccountProgress,
    Refresh,
    accept,
    give_up,
    lose_answer,
    note_proof,
    put_back,
    refuse,
    start_call,
)
from tests.builders import CONNECTION_ID, FENCE, NOON, USER, a_connection, an_answer
from tests.clients import DynamoDB
from tests.integration.budgets import LATER, NOTHING, ONE, free_connection, reserve
from tests.integration.stores import Stores, dynamo_stores

PRICE = Decimal("0.05")
LOST = Tally(1, PRICE)
BILL_DAY = NOON + timedelta(days=12)


def _lost(money: Stores, key: str = "first") -> Refresh:
    calling = start_call(reserve(money, key), accounts=("acc_1",), fence=FENCE, now=NOON)
    return money.refreshes.book(
        lose_answer(money.refreshes.book(calling), "provider_answer_lost", now=LATER)
    )


def _timed_out(money: Stores, key: str = "first") -> Refresh:
    return money.refreshes.save(replace(give_up(_lost(money, key), "", now=LATER), reason=None))


def _settlement(amount: str = "0.00", **changes: Any) -> Settlement:
    values: dict[str, Any] = {
        "billed": Money(Decimal(amount), "USD"),
        "invoice": "INV-1",
        "by": "a.person",
        "reason": "not on the invoice",
        "settled_at": BILL_DAY,
    }
    return Settlement(**(values | changes))


def _settle(money: Stores, refresh: Refresh, settlement: Settlement) -> Refresh:
    settled = settle(refresh, settlement, money.refreshes.settlements(refresh))
    assert settled is not None
    return money.refreshes.settle(settled)


def _every_budget(money: Stores) -> Spending:
    spent = money.budgets.of_user(USER, now=NOON)
    (only,) = {
        spent.user,
        spent.of_connection(CONNECTION_ID),
        money.budgets.of_deployment(now=NOON).spending,
    }
    return only


def test_lost_answer_is_told_apart_when_it_is_booked_once_or_twice(money: Stores) -> None:
    lost = _lost(money)
    money.refreshes.book(lost)
    assert _every_budget(money) == Spending(1, PRICE, 1, assumed=LOST)
    assert [each.standing for each in money.ledger()] == ["assumed"]


def test_line_is_confirmed_at_its_amount_when_a_read_proves_the_call(money: Stores) -> None:
    proof = {"acc_1": AccountProgress.DONE}
    money.refreshes.book(note_proof(_lost(money), proof, now=LATER))
    (line,) = money.ledger()
    assert (line.standing, line.outcome, line.cost.amount) == ("confirmed", "complete", PRICE)
    budget = _every_budget(money)
    assert (budget.dollars, budget.assumed, budget.confirmed) == (PRICE, Tally(), LOST)


def test_assumption_ends_when_the_call_surely_cost_nothing(money: Stores) -> None:
    waiting = money.refreshes.book(put_back(_lost(money), "provider_not_reached"))
    assert _every_budget(money) == Spending(1, PRICE, 1)
    money.refreshes.book(refuse(waiting, "no", answer=None, now=LATER))
    assert _every_budget(money) == Spending()
    assert set(money.spent().values()) == {NOTHING}


def test_everything_goes_back_at_once_when_a_lost_answer_was_a_refusal(money: Stores) -> None:
    money.refreshes.book(refuse(_lost(money), "no", answer=None, now=LATER))
    assert _every_budget(money) == Spending()


def test_both_lines_stay_and_budgets_follow_when_an_invoice_bills_nothing(money: Stores) -> None:
    settled = _settle(money, _timed_out(money), _settlement())
    assert money.refreshes.get(USER, settled.id) == settled
    assert settled.cost.amount == 0
    assert _every_budget(money) == Spending(1, Decimal(0), 1, settled=Tally(1, Decimal(0)))
    (line,) = money.ledger()
    assert (line.standing, line.cost.amount) == ("assumed", PRICE)
    assert list(money.refreshes.settlements(settled)) == [_settlement()]


def test_amount_rises_and_a_second_line_stays_when_a_later_invoice_bills_more(
    money: Stores,
) -> None:
    first = _settle(money, _timed_out(money), _settlement("0.02"))
    second = _settle(money, first, _settlement("0.07", invoice="INV-2"))
    assert second.cost.amount == Decimal("0.07")
    found = {each.invoice: each.billed.amount for each in money.refreshes.settlements(second)}
    assert found == {"INV-1": Decimal("0.02"), "INV-2": Decimal("0.07")}
    budget = _every_budget(money)
    assert (budget.dollars, budget.settled) == (Decimal("0.07"), Tally(1, Decimal("0.07")))


def test_refused_refresh_counts_again_when_an_invoice_bills_it(money: Stores) -> None:
    refused = money.refreshes.book(refuse(_lost(money), "no", answer=None, now=LATER))
    _settle(money, refused, _settlement("0.05"))
    assert _every_budget(money) == Spending(0, PRICE, 1, settled=LOST)


def test_settlement_is_stored_once_when_it_is_stored_twice(money: Stores) -> None:
    settled = settle(_timed_out(money), _settlement(), ())
    assert settled is not None
    money.refreshes.settle(settled)
    with pytest.raises(ConcurrentChange):
        money.refreshes.settle(settled)
    assert _every_budget(money).dollars == 0


def test_settlements_are_each_refreshs_own_when_several_were_called_at_once(
    money: Stores,
) -> None:
    first = _timed_out(money)
    free_connection(money)
    second = _timed_out(money, "second")
    _settle(money, first, _settlement())
    assert list(money.refreshes.settlements(second)) == []
    budget = _every_budget(money)
    assert (budget.dollars, budget.assumed, budget.refreshes) == (PRICE, LOST, 2)


def test_refresh_without_a_call_has_no_settlements(money: Stores) -> None:
    assert list(money.refreshes.settlements(reserve(money))) == []
    assert set(money.spent().values()) == {ONE}


def test_no_budget_comes_back_when_its_user_was_erased_meanwhile(dynamodb: DynamoDB) -> None:

    money = dynamo_stores(dynamodb)
    money.connections.add(a_connection(), provider_user_id=None)
    refresh = _timed_out(money)
    key = {"PK": {"S": f"USER#{USER}"}, "SK": {"S": "BUDGET"}}
    dynamodb.delete_item(TableName="connections", Key=key)
    settled = settle(refresh, _settlement(), ())
    assert settled is not None
    with pytest.raises(ConcurrentChange):
        money.refreshes.settle(settled)
    assert money.refreshes.get(USER, refresh.id) == refresh
    assert "Item" not in dynamodb.get_item(TableName="connections", Key=key)


def test_purchase_asks_no_more_of_the_table_when_its_answer_comes(dynamodb: DynamoDB) -> None:

    money = dynamo_stores(dynamodb)
    money.connections.add(a_connection(), provider_user_id=None)
    written: list[int] = []
    dynamodb.meta.events.register(
        "provide-client-params.dynamodb.TransactWriteItems",
        lambda params, **_: written.append(len(params["TransactItems"])),
    )
    calling = money.refreshes.book(
        start_call(reserve(money), accounts=("acc_1",), fence=FENCE, now=NOON)
    )
    money.refreshes.book(accept(calling, an_answer(status=200), now=LATER))
    # Refresh, connection and three budgets; then refresh and line, before the call and after.
    assert written == [5, 2, 2]
