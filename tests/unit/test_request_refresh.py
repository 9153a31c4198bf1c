"""A user presses refresh."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain import call_errors, errors
from freshet.domain.commands import ReadReason
from freshet.domain.connection_report import DataMode
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.refresh import Method, Refresh, RefreshStatus
from freshet.domain.refresh_request import RefreshRequest
from freshet.services.refresh_records import Purchase
from freshet.services.request_refresh import request_refresh
from tests.builders import CONNECTION_ID, NOON, USER, a_report, an_answer
from tests.replacing import InPlaceOf
from tests.unit.stage import ACCOUNT_ID, Stage


def _press(stage: Stage, key: str | None = None, user_id: str = USER) -> Purchase:
    request = RefreshRequest(
        user_id=user_id, connection_id=CONNECTION_ID, actor="machine-1", idempotency_key=key
    )
    return request_refresh(request, deps=stage.requesting)


def _realtime() -> Stage:
    stage = Stage(data_mode=DataMode.REALTIME)
    stage.provider.report = a_report(data_mode=DataMode.REALTIME)
    return stage


def test_refresh_is_bought_in_place_when_a_user_presses() -> None:
    stage = Stage()
    refresh = _press(stage).refresh
    assert (refresh.method, refresh.trigger, refresh.actor) == ("purchase", "user", "machine-1")
    assert (refresh.status, stage.provider.billed) == (RefreshStatus.ACCEPTED, 1)
    assert stage.reads.commands == []


def test_same_refresh_is_given_when_the_key_is_repeated() -> None:
    stage = Stage()
    first = _press(stage, "key-1")
    stage.later(hours=1)
    again = _press(stage, "key-1")
    assert (again.refresh.id, again.joined) == (first.refresh.id, False)
    assert stage.provider.billed == 1


def test_other_refresh_is_joined_when_the_key_is_another() -> None:
    stage = Stage()
    first = _press(stage, "key-1")
    second = _press(stage, "key-2")
    assert (second.refresh.id, second.joined) == (first.refresh.id, True)


@pytest.mark.parametrize(
    "changes", [{"data_mode": DataMode.REALTIME}, {"refresh_refused_until": NOON}]
)
def test_free_read_stands_in_when_buying_is_pointless(changes: dict[str, Any]) -> None:
    stage = Stage(**changes)
    refresh = _press(stage).refresh
    assert (refresh.method, refresh.cost.amount) == (Method.READ, Decimal(0))
    assert set(refresh.accounts) == {ACCOUNT_ID}
    (command,) = stage.reads.commands
    assert command.reason is ReadReason.REFRESH
    stage.drain()
    assert stage.refresh(refresh.id).status is RefreshStatus.COMPLETE
    assert (stage.provider.billed, stage.refreshes.ledger) == (0, {})
    assert stage.connection.slots.holdings.refresh_id is None


def test_read_is_found_by_the_schedule_when_its_message_is_lost() -> None:
    stage = _realtime()
    refresh_id = _press(stage).refresh.id
    stage.reads.drain()
    stage.later(minutes=2)
    assert stage.plan() == 1
    stage.drain()
    assert stage.refresh(refresh_id).status is RefreshStatus.COMPLETE


@pytest.mark.parametrize(("key", "joined"), [("key-1", False), ("key-2", True)])
def test_one_read_is_made_when_a_user_presses_twice(key: str, joined: bool) -> None:
    stage = _realtime()
    first = _press(stage, "key-1")
    second = _press(stage, key)
    assert (second.refresh.id, second.joined) == (first.refresh.id, joined)
    assert len(stage.reads.commands) == 1


@pytest.mark.parametrize(("minutes", "is_too_soon"), [(9.99, True), (10, False)])
def test_live_read_is_too_soon_when_the_last_one_was_minutes_ago(
    minutes: float, is_too_soon: bool
) -> None:
    stage = _realtime()
    _press(stage, "key-1")
    stage.drain()
    stage.later(minutes=minutes)
    if not is_too_soon:
        assert _press(stage, "key-2").refresh.method is Method.READ
        return
    with pytest.raises(errors.RefreshTooSoon) as refused:
        _press(stage, "key-2")
    assert refused.value.retry_at == NOON + timedelta(minutes=10)


def test_finished_read_is_given_when_its_key_comes_again() -> None:
    stage = _realtime()
    first = _press(stage, "key-1")
    stage.drain()
    again = _press(stage, "key-1")
    assert (again.refresh.id, again.refresh.status) == (first.refresh.id, "complete")
    assert stage.reads.commands == []


@pytest.mark.parametrize("mode", DataMode)
def test_way_to_relink_is_told_when_the_connection_needs_its_user(mode: DataMode) -> None:
    stage = Stage(data_mode=mode, status=ConnectionStatus.NEEDS_USER)
    with pytest.raises(errors.ConnectionNeedsUser) as refused:
        _press(stage)
    assert refused.value.connection_id == CONNECTION_ID
    assert stage.refreshes.rows == {}


def test_verdict_comes_at_once_when_the_provider_is_busy() -> None:
    stage = Stage()
    stage.provider.refresh_failures = [call_errors.ProviderUnavailable(an_answer())]
    purchase = _press(stage)
    assert isinstance(purchase.failure, call_errors.ProviderUnavailable)
    assert purchase.refresh.status is RefreshStatus.REFUSED


@pytest.mark.parametrize("mode", DataMode)
def test_nothing_is_found_when_the_connection_is_another_users(mode: DataMode) -> None:
    with pytest.raises(errors.NotFound):
        _press(Stage(data_mode=mode), user_id="user-2")


def test_faster_read_is_joined_when_both_saw_the_connection_free() -> None:
    stage = _realtime()
    usual = stage.refreshes.open
    opening = InPlaceOf(usual)

    def open_second(refresh: Refresh) -> Refresh:
        opening.put_back()
        _press(stage, "faster")
        return usual(refresh)

    opening.put(open_second)
    slower = _press(stage, "slower")
    assert slower.joined
    assert len(stage.refreshes.rows) == 1
