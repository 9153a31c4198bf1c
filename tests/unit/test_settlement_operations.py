"""The operator's event that settles a refresh: every field named, nothing done twice."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain.call_errors import AnswerLost
from freshet.domain.errors import ConcurrentChange
from freshet.domain.ledger import Settled
from freshet.domain.refresh import Refresh
from freshet.operations.operator import Operator
from freshet.operations.settlements import SettlementOperations
from freshet.services.settle_refresh import SettleRefreshDependencies
from tests.builders import NOON, USER, a_refresh_command, an_answer
from tests.replacing import InPlaceOf
from tests.unit.stage import Stage

REFRESH_ID = a_refresh_command().refresh_id
EVENT: dict[str, Any] = {
    "operation": "settle_refresh",
    "user_id": USER,
    "refresh_id": REFRESH_ID,
    "billed": {"amount": "0.00", "currency": "USD"},
    "invoice": "INV-2026-11",
    "by": "a.person@example.com",
    "reason": "the invoice does not name this call",
}
FREE = {"refresh_id": REFRESH_ID, "cost": {"amount": "0.00", "currency": "USD"}}


@pytest.fixture
def stage() -> Stage:
    """A purchase whose answer was lost, and that time has ended."""
    stage = Stage()
    stage.provider.refresh_failures = [AnswerLost(an_answer())]
    stage.buy()
    for _ in range(4):
        stage.later(minutes=5)
        stage.read()
    assert stage.refresh().status == "timed_out"
    return stage


def _run(event: dict[str, Any], stage: Stage) -> dict[str, Any]:
    settling = SettleRefreshDependencies(stage.refreshes, stage.clock)
    return Operator(SettlementOperations(settling).operations()).run(event)


def _dollars(stage: Stage) -> Decimal:
    return stage.budgets.of_user(USER, now=NOON).user.dollars


def test_amount_falls_to_the_invoices_when_it_bills_nothing(stage: Stage) -> None:
    assert _run(EVENT, stage) == FREE
    assert (stage.refresh().cost.amount, _dollars(stage)) == (Decimal(0), Decimal(0))
    (line,) = stage.refreshes.ledger.values()
    (settlement,) = stage.refreshes.settlements(stage.refresh())
    assert (line.cost.amount, line.standing) == (Decimal("0.05"), "assumed")
    assert (settlement.invoice, settlement.by) == ("INV-2026-11", "a.person@example.com")
    assert settlement.reason == "the invoice does not name this call"
    assert settlement.settled_at == NOON + timedelta(minutes=20)


def test_a_settled_call_stays_a_call_of_its_day(stage: Stage) -> None:
    _run(EVENT, stage)
    assert stage.budgets.of_user(USER, now=NOON).user.refreshes == 1


def test_nothing_changes_when_the_event_is_sent_again(stage: Stage) -> None:
    _run(EVENT, stage)
    before = stage.refresh()
    assert _run(EVENT | {"by": "somebody.else", "reason": "sent twice"}, stage) == FREE
    assert stage.refresh() == before
    assert len(stage.refreshes.settlements(before)) == 1


def test_second_invoice_lowers_nothing_when_the_first_bills_more(stage: Stage) -> None:
    _run(EVENT | {"billed": {"amount": "0.05", "currency": "USD"}}, stage)
    answer = _run(EVENT | {"invoice": "CREDIT-1"}, stage)
    assert answer["error"]["detail"].startswith("billed.amount: must not be below")
    assert _dollars(stage) == Decimal("0.05")


def test_settlement_is_judged_anew_when_another_was_faster(stage: Stage) -> None:
    usual = stage.refreshes.settle
    left = [EVENT | {"invoice": "INV-1", "billed": {"amount": "0.05", "currency": "USD"}}]

    def settle(settled: Settled) -> Refresh:
        if left:
            assert "error" not in _run(left.pop(), stage)
            raise ConcurrentChange("settled meanwhile")
        return usual(settled)

    InPlaceOf(usual).put(settle)
    assert _run(EVENT, stage)["error"]["code"] == "invalid_field"
    assert stage.refresh().cost.amount == Decimal("0.05")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"user_id": ""}, "user_id"),
        ({"refresh_id": 7}, "refresh_id"),
        ({"billed": "0.00"}, "billed"),
        ({"billed": {"amount": "0.00"}}, "billed.currency"),
        ({"billed": {"currency": "USD"}}, "billed.amount"),
        ({"billed": {"amount": 0.05, "currency": "USD"}}, "billed.amount"),
        ({"billed": {"amount": 0, "currency": "USD"}}, "billed.amount"),
        ({"billed": {"amount": True, "currency": "USD"}}, "billed.amount"),
        ({"billed": {"amount": "NaN", "currency": "USD"}}, "billed.amount"),
        ({"billed": {"amount": "1E-20", "currency": "USD"}}, "billed.amount"),
        ({"billed": {"amount": "-0.01", "currency": "USD"}}, "billed.amount"),
        ({"billed": {"amount": "5.00", "currency": "USD"}}, "billed.amount"),
        ({"billed": {"amount": "0.05", "currency": "usd"}}, "billed.currency"),
        ({"billed": {"amount": "0.05", "currency": "EUR"}}, "billed.currency"),
        ({"billed": {"amount": "0.05", "currency": "USD", "tax": "0"}}, "billed.tax"),
        ({"invoice": " "}, "invoice"),
        ({"invoice": "x" * 101}, "invoice"),
        ({"invoice": "\ud800"}, "invoice"),
        ({"by": None}, "by"),
        ({"reason": "\t"}, "reason"),
        ({"surprise": "x"}, "surprise"),
    ],
)
def test_field_is_named_and_nothing_is_settled_when_it_is_wrong(
    stage: Stage, changes: dict[str, Any], field: str
) -> None:
    answer = _run(EVENT | changes, stage)
    assert answer["error"]["code"] == "invalid_field"
    assert answer["error"]["detail"].startswith(f"{field}: ")
    assert json.dumps(answer)
    assert (stage.refreshes.settled, _dollars(stage)) == ({}, Decimal("0.05"))


@pytest.mark.parametrize("field", ["billed", "invoice", "by", "reason", "user_id", "refresh_id"])
def test_field_is_named_when_it_is_missing(stage: Stage, field: str) -> None:
    event = {name: value for name, value in EVENT.items() if name != field}
    assert _run(event, stage)["error"]["detail"].startswith(f"{field}: ")


def test_refresh_is_not_found_when_it_is_another_users(stage: Stage) -> None:
    assert _run(EVENT | {"user_id": "user-2"}, stage)["error"]["code"] == "not_found"


def test_a_minus_before_nothing_is_no_debt(stage: Stage) -> None:
    assert _run(EVENT | {"billed": {"amount": "-0.00", "currency": "USD"}}, stage) == FREE


def test_open_refresh_is_refused_when_a_read_may_still_end_it() -> None:
    stage = Stage()
    stage.provider.refresh_failures = [AnswerLost(an_answer())]
    stage.buy()
    answer = _run(EVENT, stage)
    assert answer["error"]["detail"].startswith("refresh_id: has not ended")
    assert stage.refreshes.settled == {}
