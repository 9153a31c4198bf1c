"""A dry run tells what a real request would do, and does nothing."""

from collections.abc import Callable
from copy import deepcopy, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain import errors
from freshet.domain.connection_report import DataMode
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.provider import Provider
from freshet.domain.refresh import Method
from freshet.services.preview_refresh import Preview, preview_refresh
from tests.builders import CONNECTION_ID, NOON, USER, changed
from tests.unit.stage import Stage, a_request

REALTIME = {"data_mode": DataMode.REALTIME}


def _preview(stage: Stage, key: str | None = None, **request: Any) -> Preview:
    before = _everything(stage)
    try:
        wanted = a_request(idempotency_key=key, **request)
        return preview_refresh(wanted, deps=stage.requesting)
    finally:
        assert _everything(stage) == before


def _everything(stage: Stage) -> Any:
    kept = (
        *(stage.connections.rows, stage.refreshes.rows, stage.refreshes.ledger),
        *(stage.refreshes.calls, stage.refreshes.spent, stage.reads.commands, stage.buys.commands),
        *(stage.provider.billed, stage.provider.reads, stage.provider.syncs),
    )
    return deepcopy(kept)


@pytest.mark.parametrize(
    ("provider", "price"), [(Provider.SNAPTRADE, "0.05"), (Provider.PLAID, "0.12")]
)
def test_purchase_and_what_it_leaves_are_told_when_one_would_be_made(
    provider: Provider, price: str
) -> None:
    preview = _preview(Stage(provider=provider))
    assert (preview.method, preview.joins) == (Method.PURCHASE, None)
    assert preview.cost.amount == Decimal(price)
    assert preview.spent.of_user.user.refreshes == 1
    assert preview.spent.of_user.of_connection(CONNECTION_ID).refreshes == 1
    assert preview.spent.of_deployment.spending.dollars == Decimal(price)


def test_real_request_does_what_was_told_when_it_follows() -> None:
    stage = Stage()
    preview = _preview(stage, "key-1")
    purchase = stage.press("key-1")
    assert (purchase.refresh.method, purchase.refresh.cost) == (preview.method, preview.cost)
    assert stage.budgets.of_user(USER, now=NOON) == preview.spent.of_user


@pytest.mark.parametrize("changes", [REALTIME, {"refresh_refused_until": NOON}])
def test_free_read_is_told_when_buying_is_pointless(changes: dict[str, Any]) -> None:
    stage = Stage(**changes)
    stage.refreshes.stopped = True
    preview = _preview(stage)
    assert (preview.method, preview.cost.amount) == (Method.READ, Decimal(0))
    assert preview.spent.of_user.user.refreshes == 0


@pytest.mark.parametrize("changes", [{}, REALTIME])
def test_open_refresh_is_named_and_free_when_it_would_be_joined(changes: dict[str, Any]) -> None:
    stage = Stage(**changes)
    opened = stage.press("key-1").refresh
    preview = _preview(stage, "key-2")
    assert (preview.joins, preview.method) == (opened.id, opened.method)
    assert preview.cost.amount == 0
    assert preview.spent.of_user == stage.budgets.of_user(USER, now=NOON)


def _was_bought(stage: Stage) -> None:
    bought = changed(stage.connection, last_purchase_at=NOON - timedelta(minutes=14))
    stage.connections.rows[USER, CONNECTION_ID] = bought


def _was_read(stage: Stage) -> None:
    live = changed(stage.connection, data_mode=DataMode.REALTIME, last_live_read_at=NOON)
    stage.connections.rows[USER, CONNECTION_ID] = live


def _needs_user(stage: Stage) -> None:
    broken = changed(stage.connection, status=ConnectionStatus.NEEDS_USER)
    stage.connections.rows[USER, CONNECTION_ID] = broken


def _realtime_needs_user(stage: Stage) -> None:
    _needs_user(stage)
    realtime = changed(stage.connection, data_mode=DataMode.REALTIME)
    stage.connections.rows[USER, CONNECTION_ID] = realtime


def _is_stopped(stage: Stage) -> None:
    stage.refreshes.stopped = True


def _has_no_keys(stage: Stage) -> None:
    stage.providers.failure = errors.ProviderNotConfigured("snaptrade")


def _has_no_credential(stage: Stage) -> None:
    stage.providers.failure = errors.CredentialMissing("snaptrade")


def _is_used_up(stage: Stage) -> None:
    stage.policy = replace(stage.policy, monthly_budget=Decimal("0.04"))


def _day_is_used_up(stage: Stage) -> None:
    stage.refreshes.calls[f"user {USER}", "2026-11-20"] = 20


@pytest.mark.parametrize(
    "arrange",
    [
        *(_was_bought, _was_read, _needs_user, _realtime_needs_user, _is_stopped),
        *(_has_no_keys, _has_no_credential, _is_used_up, _day_is_used_up),
    ],
)
def test_same_refusal_is_given_when_a_real_request_would_be_refused(
    arrange: Callable[[Stage], object],
) -> None:
    stage = Stage()
    arrange(stage)
    with pytest.raises(errors.FreshetError) as previewed:
        _preview(stage)
    with pytest.raises(errors.FreshetError) as refused:
        stage.press()
    assert type(previewed.value) is type(refused.value)
    assert vars(previewed.value) == vars(refused.value)
    assert previewed.value.args == refused.value.args


@pytest.mark.parametrize("changes", [{}, REALTIME])
def test_key_does_not_fit_when_it_was_used_in_earnest(changes: dict[str, Any]) -> None:
    stage = Stage(**changes)
    stage.press("key-1")
    with pytest.raises(errors.IdempotencyMismatch):
        _preview(stage, "key-1")


def test_connection_is_not_found_when_it_is_another_users() -> None:
    with pytest.raises(errors.NotFound):
        _preview(Stage(), user_id="user-2")
