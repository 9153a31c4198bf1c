"""One refresh is at most one billable call; no budget is ever exceeded."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain import errors
from freshet.domain.commands import RefreshCommand
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.identifiers import refresh_id_for
from freshet.domain.refresh import AccountProgress
from tests.builders import CONNECTION_ID, NOON, a_refresh_command, an_account, changed
from tests.fakes import FakeProviders, FakeSession
from tests.unit.stage import ACCOUNT_ID, Stage


def _another(key: str = "another") -> RefreshCommand:
    return a_refresh_command(refresh_id=refresh_id_for(CONNECTION_ID, key))


def test_refresh_is_accepted_and_on_the_books_when_the_provider_says_yes() -> None:
    stage = Stage()
    purchase = stage.buy()
    assert (purchase.refresh.status, purchase.joined, purchase.failure) == ("accepted", False, None)
    assert (stage.provider.billed, stage.refreshes.total()) == (1, Decimal("0.05"))
    assert stage.connection.purchases.last_purchase_at == NOON
    assert stage.connection.due_at == NOON + timedelta(minutes=1)


@pytest.mark.parametrize("minutes", [0, 1, 60])
def test_nothing_is_bought_again_when_the_command_is_redelivered(minutes: int) -> None:
    stage = Stage()
    stage.buy()
    stage.later(minutes=minutes)
    again = stage.buy()
    assert (again.joined, again.refresh.id) == (False, a_refresh_command().refresh_id)
    assert stage.provider.billed == 1


def test_second_request_joins_when_a_refresh_is_in_flight() -> None:
    stage = Stage()
    first = stage.buy()
    second = stage.buy(_another())
    assert (second.joined, second.refresh.id) == (True, first.refresh.id)
    assert stage.provider.billed == 1
    assert len(stage.refreshes.rows) == 1


def test_faster_purchase_is_joined_when_both_saw_the_connection_free() -> None:
    stage = Stage()

    class AnotherGoesFirst(FakeProviders):
        def open(self, connection: Connection) -> FakeSession:
            stage.providers = usual
            stage.buy(_another())
            return usual.open(connection)

    usual, stage.providers = stage.providers, AnotherGoesFirst()
    purchase = stage.buy()
    assert (purchase.joined, purchase.refresh.id) == (True, _another().refresh_id)
    assert stage.provider.billed == 1


def test_expected_accounts_are_frozen_when_the_call_starts() -> None:
    stage = Stage()
    stage.accounts.save(
        an_account(provider_account_id="account-2", kind="deposit", has_holdings=False)
    )
    stage.buy()
    stage.accounts.save(an_account(provider_account_id="account-3"))
    assert stage.refresh().accounts == {ACCOUNT_ID: AccountProgress.WAITING}


@pytest.mark.parametrize(
    ("arrange", "error"),
    [
        (lambda stage: setattr(stage.refreshes, "stopped", True), errors.PurchasesStopped),
        (
            lambda stage: stage.connections.change(
                "user-1", CONNECTION_ID, lambda row: changed(row, last_purchase_at=NOON)
            ),
            errors.RefreshTooSoon,
        ),
        (
            lambda stage: stage.connections.change(
                "user-1",
                CONNECTION_ID,
                lambda row: changed(row, status=ConnectionStatus.NEEDS_USER),
            ),
            errors.ConnectionNeedsUser,
        ),
        (
            lambda stage: setattr(stage.providers, "failure", errors.CredentialMissing("x")),
            errors.CredentialMissing,
        ),
    ],
)
def test_nothing_is_created_or_spent_when_refused_before_money(
    arrange: Callable[[Stage], object], error: type[Exception]
) -> None:
    stage = Stage()
    arrange(stage)
    with pytest.raises(error):
        stage.buy()
    assert (stage.refreshes.rows, stage.refreshes.calls, stage.provider.billed) == ({}, {}, 0)
    assert stage.connection.slots.holdings.refresh_id is None


@pytest.mark.parametrize(
    ("policy", "scope", "resets_at"),
    [
        ({"connection_daily_refreshes": 2}, "connection", NOON + timedelta(hours=12)),
        ({"user_daily_refreshes": 2}, "user", NOON + timedelta(hours=12)),
        ({"monthly_budget": Decimal("0.10")}, "deployment", NOON + timedelta(days=10, hours=12)),
        ({"monthly_budget": Decimal("0.149")}, "deployment", NOON + timedelta(days=10, hours=12)),
    ],
)
def test_third_purchase_is_refused_when_a_budget_holds_two(
    policy: dict[str, Any], scope: str, resets_at: object
) -> None:
    stage = Stage(policy=policy | {"cooldown": timedelta(0)})
    for key in ("first", "second"):
        stage.buy(_another(key))
        stage.later(minutes=11)
        for _ in range(3):
            stage.read()
    with pytest.raises(errors.BudgetExhausted) as refused:
        stage.buy(_another("third"))
    assert refused.value.scope == scope
    assert refused.value.resets_at == resets_at
    assert stage.provider.billed == 2


def test_other_users_connection_is_not_found_when_named() -> None:
    with pytest.raises(errors.NotFound):
        Stage().buy(a_refresh_command(user_id="user-2"))


def _dead_caller(stage: Stage) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    stage.provider.during_refresh = die
    with pytest.raises(KeyboardInterrupt):
        stage.buy()
    stage.provider.during_refresh = None
