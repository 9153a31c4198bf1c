"""What is spent and the kill switch: one contract for the table and its twin."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.adapters.dynamodb import keys
from freshet.domain.budgets import Spending
from freshet.domain.refresh import refuse
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, a_policy
from tests.clients import DynamoDB
from tests.integration.budgets import LATER, free_connection, reserve, wanted_refresh
from tests.integration.stores import Stores, dynamo_stores

ONE = Spending(1, Decimal("0.05"), 1)
OTHER_ID = "con_" + "b" * 24


def _buy(money: Stores, key: str, now: datetime) -> None:
    free_connection(money)
    money.refreshes.reserve(
        wanted_refresh(key),
        judged=money.connections.get(USER, CONNECTION_ID),
        policy=a_policy(),
        now=now,
    )


def test_every_budget_shows_what_was_reserved_when_asked(money: Stores) -> None:
    other = a_connection(id=OTHER_ID, provider_connection_id="authorization-2")
    money.connections.add(other, provider_user_id=None)
    reserve(money)
    spent = money.budgets.of_user(USER, now=NOON)
    assert spent.user == ONE
    assert spent.connections == {CONNECTION_ID: ONE, OTHER_ID: Spending()}
    assert money.budgets.of_deployment(now=NOON).spending == ONE


def test_nothing_is_spent_when_nobody_has_bought(money: Stores) -> None:
    spent = money.budgets.of_user(USER, now=NOON)
    assert (spent.user, spent.connections) == (Spending(), {CONNECTION_ID: Spending()})
    assert money.budgets.of_deployment(now=NOON).spending == Spending()
    assert not money.budgets.of_deployment(now=NOON).is_stopped


def test_another_users_money_is_not_shown_when_asked(money: Stores) -> None:
    reserve(money)
    spent = money.budgets.of_user("user-2", now=NOON)
    assert (spent.user, spent.connections) == (Spending(), {})


def test_month_goes_on_and_the_day_begins_anew_when_it_is_midnight(money: Stores) -> None:
    reserve(money)
    tomorrow = NOON + timedelta(hours=12)
    assert money.budgets.of_user(USER, now=tomorrow).user == Spending(0, Decimal("0.05"), 1)
    next_month = NOON + timedelta(days=11)
    assert money.budgets.of_user(USER, now=next_month).user == Spending()


def test_kill_switch_keeps_the_money_when_it_is_turned_and_turned_back(money: Stores) -> None:
    reserve(money)
    for is_stopped in (True, True, False, False):
        money.budgets.stop_purchases(is_stopped=is_stopped)
        assert money.refreshes.is_stopped() is is_stopped
        deployment = money.budgets.of_deployment(now=NOON)
        assert (deployment.is_stopped, deployment.spending) == (is_stopped, ONE)


def test_purchases_count_when_the_switch_was_turned_before_the_first(money: Stores) -> None:
    money.budgets.stop_purchases(is_stopped=False)
    reserve(money)
    assert money.budgets.of_deployment(now=NOON).spending == ONE


@pytest.mark.parametrize("days", [2, 3, 30, 31])
def test_day_leaves_its_rows_when_a_purchase_comes_within_a_month(
    dynamodb: DynamoDB, days: int
) -> None:
    money = dynamo_stores(dynamodb)
    money.connections.add(a_connection(), provider_user_id=None)
    _buy(money, "first", NOON)
    _buy(money, "second", NOON + timedelta(days=days))
    for row in _budget_rows(money):
        (left,) = (name for name in row if name.startswith("calls_"))
        assert left == f"calls_{NOON + timedelta(days=days):%Y-%m-%d}"


def test_yesterday_stays_when_a_purchase_comes_today(dynamodb: DynamoDB) -> None:
    money = dynamo_stores(dynamodb)
    money.connections.add(a_connection(), provider_user_id=None)
    _buy(money, "first", NOON)
    _buy(money, "second", NOON + timedelta(days=1))
    for row in _budget_rows(money):
        assert (row["calls_2026-11-20"], row["calls_2026-11-21"]) == (1, 1)


@pytest.mark.parametrize("day", [1, 30])
def test_month_leaves_its_rows_when_a_purchase_comes_two_months_later(
    dynamodb: DynamoDB, day: int
) -> None:
    money = dynamo_stores(dynamodb)
    money.connections.add(a_connection(), provider_user_id=None)
    _buy(money, "first", NOON)
    _buy(money, "second", datetime(2027, 1, day, tzinfo=UTC))
    for row in _budget_rows(money):
        assert sorted(name for name in row if name.endswith(("2026-11", "2027-01"))) == [
            "bought_2027-01",
            "spent_2027-01",
        ]


def test_last_months_bucket_stays_when_a_purchase_comes_on_any_day(dynamodb: DynamoDB) -> None:
    money = dynamo_stores(dynamodb)
    money.connections.add(a_connection(), provider_user_id=None)
    _buy(money, "first", datetime(2026, 7, 1, tzinfo=UTC))
    _buy(money, "second", datetime(2026, 8, 31, 23, 59, tzinfo=UTC))
    for row in _budget_rows(money):
        assert row["spent_2026-07"] == Decimal("0.05")


def test_late_refusal_is_booked_when_its_bucket_is_gone(money: Stores) -> None:
    reserved = reserve(money)
    _buy(money, "second", NOON + timedelta(days=3))
    money.refreshes.book(refuse(reserved, "connection_needs_user", answer=None, now=LATER))
    assert money.spent("2026-11-23")["connection"] == (1, Decimal("0.05"))


def test_one_query_and_one_row_show_everything_when_an_operator_asks(dynamodb: DynamoDB) -> None:
    money = dynamo_stores(dynamodb)
    for letter in "ab":
        connection = a_connection(id="con_" + letter * 24, provider_connection_id=letter)
        money.connections.add(connection, provider_user_id=None)
    asked: list[str] = []
    dynamodb.meta.events.register(
        "before-call.dynamodb.*", lambda model, **_: asked.append(model.name)
    )
    money.budgets.of_user(USER, now=NOON)
    money.budgets.of_deployment(now=NOON)
    assert asked == ["Query", "GetItem"]


def _budget_rows(money: Stores) -> list[dict[str, Any]]:
    table = money.connections_table()
    rows = (
        keys.connection_budget(USER, CONNECTION_ID),
        keys.user_budget(USER),
        keys.deployment_budget(),
    )
    return [table.get(key) or {} for key in rows]
