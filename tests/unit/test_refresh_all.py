"""Everything a user has, refreshed at once: each connection for itself."""

from collections.abc import Callable, Sequence
from copy import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain import errors
from freshet.domain.connection import Connection
from freshet.domain.connection_report import DataMode
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.provider import Provider
from freshet.domain.refresh import Refresh, RefreshStatus, Trigger
from freshet.services.refresh_all import RefreshAllRequest, preview_all, refresh_all
from tests.builders import CONNECTION_ID, NOON, USER, changed
from tests.replacing import InPlaceOf
from tests.unit.stage import Stage


def _request(key: str | None = "key-1") -> RefreshAllRequest:
    return RefreshAllRequest(user_id=USER, actor="machine-1", idempotency_key=key)


def _refresh(stage: Stage, key: str | None = "key-1") -> dict[str, Any]:
    answers = refresh_all(_request(key), deps=stage.requesting)
    return {each.connection_id: each.result or each.refusal for each in answers}


def _full_stage(**policy: Any) -> tuple[Stage, dict[str, str]]:
    """One connection of each kind that is answered differently."""
    stage = Stage(policy=policy)
    named = {
        "plaid": stage.also_link("b", provider=Provider.PLAID),
        "realtime": stage.also_link("c", data_mode=DataMode.REALTIME),
        "broken": stage.also_link("d", status=ConnectionStatus.NEEDS_USER),
        "recent": stage.also_link("e", last_purchase_at=NOON - timedelta(minutes=1)),
    }
    return stage, named | {"snaptrade": CONNECTION_ID}


def test_each_connection_has_its_own_answer_when_they_differ() -> None:
    stage, named = _full_stage()
    answers = _refresh(stage)
    assert set(answers) == set(named.values())
    for name, price in (("snaptrade", "0.05"), ("plaid", "0.12")):
        refresh = answers[named[name]].refresh
        assert (refresh.status, refresh.trigger) == (RefreshStatus.RESERVED, Trigger.USER)
        assert (refresh.cost.amount, refresh.actor) == (Decimal(price), "machine-1")
    assert answers[named["realtime"]].refresh.method == "read"
    assert isinstance(answers[named["broken"]], errors.ConnectionNeedsUser)
    assert isinstance(answers[named["recent"]], errors.RefreshTooSoon)


def test_nothing_is_bought_in_place_when_everything_is_refreshed() -> None:
    stage, named = _full_stage()
    _refresh(stage)
    assert stage.provider.billed == 0
    assert {command.connection_id for command in stage.refresh_commands} == {
        named["snaptrade"],
        named["plaid"],
    }
    for command in stage.buys.drain():
        stage.work(command)
    assert stage.provider.billed == 2
    assert stage.refreshes.total() == Decimal("0.17")


def test_same_refreshes_are_given_when_the_key_is_repeated() -> None:
    stage, named = _full_stage()
    first = _refresh(stage)
    stage.drain()
    stage.later(hours=1)
    again = _refresh(stage)
    for name in ("snaptrade", "plaid", "realtime"):
        assert again[named[name]].refresh.id == first[named[name]].refresh.id
        assert not again[named[name]].joined
    (command,) = stage.refresh_commands  # refused before; by now its cooldown is over
    assert command.connection_id == named["recent"]


def test_key_means_another_refresh_when_one_connection_is_asked_for() -> None:
    stage = Stage()
    one = stage.press("key-1").refresh
    everything = _refresh(stage)[CONNECTION_ID]
    assert (everything.refresh.id, everything.joined) == (one.id, True)
    assert stage.press("key-1").refresh.id == one.id


def test_open_refresh_is_joined_when_there_is_one() -> None:
    stage = Stage()
    opened = stage.press("key-1").refresh
    joined = _refresh(stage, "key-2")[CONNECTION_ID]
    assert (joined.refresh.id, joined.joined) == (opened.id, True)


def test_those_who_wait_longest_are_served_when_the_budget_ends_halfway() -> None:
    stage = Stage(
        policy={"user_daily_refreshes": 2}, last_purchase_at=NOON - timedelta(days=1, hours=1)
    )
    longest = stage.also_link("b", last_purchase_at=NOON - timedelta(days=3))
    shortest = stage.also_link("c", last_purchase_at=NOON - timedelta(days=1))
    answers = _refresh(stage)
    assert list(answers) == [longest, CONNECTION_ID, shortest]
    assert isinstance(answers[shortest], errors.BudgetExhausted)
    assert len(stage.buys.commands) == 2


@pytest.mark.parametrize("failure", [errors.SecretUnavailable("x"), errors.CredentialMissing("x")])
def test_reads_go_on_when_no_purchase_can_be_made(failure: Exception) -> None:
    stage, named = _full_stage()
    stage.providers.failure = failure
    answers = _refresh(stage)
    assert answers[named["snaptrade"]] is answers[named["plaid"]] is failure
    assert answers[named["realtime"]].refresh.method == "read"


def test_nothing_is_answered_when_the_user_has_no_connection() -> None:
    request = RefreshAllRequest(user_id="user-2", actor="user-2")
    assert refresh_all(request, deps=Stage().requesting) == []
    assert preview_all(request, deps=Stage().requesting) == []


def test_each_preview_counts_on_the_last_when_everything_is_a_dry_run() -> None:
    stage, named = _full_stage(user_daily_refreshes=1)
    answers = preview_all(_request(), deps=stage.requesting)
    told = {each.connection_id: each.result for each in answers}
    (bought,) = [each for each in told.values() if each and each.cost.amount]
    assert bought.spent.of_user.user.refreshes == 1
    refused = {type(each.refusal) for each in answers if each.refusal is not None}
    # The budget keeps the recent one longer than its cooldown does.
    assert refused == {errors.BudgetExhausted, errors.ConnectionNeedsUser}
    realtime = told[named["realtime"]]
    assert realtime is not None
    assert realtime.cost.amount == 0
    assert (stage.refreshes.rows, stage.buys.commands, stage.reads.commands) == ({}, [], [])


def test_dry_run_tells_the_same_as_happens_when_it_is_followed() -> None:
    stage, _ = _full_stage(monthly_budget=Decimal("0.12"))
    told = preview_all(_request(None), deps=stage.requesting)
    done = refresh_all(_request(None), deps=stage.requesting)
    for preview, answer in zip(told, done, strict=True):
        assert preview.connection_id == answer.connection_id
        assert type(preview.refusal) is type(answer.refusal)
        if preview.result is not None and answer.result is not None:
            assert preview.result.cost == answer.result.refresh.cost


def test_dry_run_is_refused_when_its_key_was_used_in_earnest() -> None:
    stage, _ = _full_stage()
    _refresh(stage)
    with pytest.raises(errors.IdempotencyMismatch):
        preview_all(_request(), deps=stage.requesting)


def _crowded_stage(number: int, *, is_realtime: bool = False, **policy: Any) -> Stage:
    changes: dict[str, Any] = {"data_mode": DataMode.REALTIME} if is_realtime else {}
    stage = Stage(policy=policy, **changes)
    for letter in range(1, number):
        stage.also_link(f"{letter:024d}"[-24:], **changes)
    return stage


class _Slow:
    """Work that takes a while for each round."""

    def __init__(self, stage: Stage, seconds: float) -> None:
        self._stage, self._seconds = stage, seconds
        self.begun = 0

    def __call__[Item, Result](
        self, work: Callable[[Item], Result], items: Sequence[Item]
    ) -> Sequence[Result]:
        self.begun += len(items)
        self._stage.later(seconds=self._seconds)
        return [work(each) for each in items]


@pytest.mark.parametrize("is_realtime", [True, False])
def test_same_key_goes_on_with_what_was_not_begun_in_time(is_realtime: bool) -> None:
    stage = _crowded_stage(50, is_realtime=is_realtime, user_daily_refreshes=50)
    slow = _Slow(stage, seconds=3)
    requesting = replace(stage.requesting, overlapped=slow)
    first = refresh_all(_request(), deps=requesting)
    left = [each for each in first if isinstance(each.refusal, errors.NotBegun)]
    # Live reads eight side by side, purchases one after the other; none after eight seconds.
    assert (slow.begun, len(left)) == ((24, 26) if is_realtime else (0, 0))
    for _ in range(2):
        last = refresh_all(_request(), deps=requesting)
    assert not [each for each in last if each.refusal]
    ids = {each.result.refresh.id for each in last if each.result}
    assert ids == {each.id for each in stage.refreshes.rows.values()}
    assert len(ids) == 50
    stage.drain()
    assert stage.provider.billed == (0 if is_realtime else 50)


def test_nothing_is_asked_for_a_connection_once_a_budget_is_spent() -> None:
    stage = _crowded_stage(50, user_daily_refreshes=2)
    answers = refresh_all(_request(), deps=stage.requesting)
    assert len(stage.refreshes.rows) == len(stage.refresh_commands) == 2
    refused = [each.refusal for each in answers if each.refusal]
    assert len(refused) == 48
    assert all(isinstance(each, errors.BudgetExhausted) for each in refused)


def test_connection_that_cannot_be_bought_takes_nothing_from_the_others() -> None:
    stage = _crowded_stage(3, user_daily_refreshes=1)
    usual, asked = stage.providers.open, []

    def open_the_last(connection: Connection) -> Any:
        asked.append(connection.id)
        if len(asked) < 3:
            raise errors.CredentialMissing(connection.id)
        return usual(connection)

    with InPlaceOf(usual).holding(open_the_last):
        answers = refresh_all(_request(), deps=stage.requesting)
    assert [type(each.refusal) for each in answers[:2]] == [errors.CredentialMissing] * 2
    assert answers[2].result is not None


def test_connection_bought_meanwhile_is_not_bought_again() -> None:
    stage = _crowded_stage(2)
    usual = stage.refreshes.reserve
    first, second = (each.id for each in stage.connections.of_user(USER))

    def reserve_later(refresh: Refresh, **given: Any) -> Refresh:
        if refresh.connection_id == first:
            stage.connections.change(
                USER, second, lambda row: changed(row, last_purchase_at=stage.clock())
            )
        return usual(refresh, **given)

    with InPlaceOf(usual).holding(reserve_later):
        answers = {
            each.connection_id: each for each in refresh_all(_request(), deps=stage.requesting)
        }
    assert answers[first].result is not None
    assert isinstance(answers[second].refusal, errors.RefreshTooSoon)
    assert [each.connection_id for each in stage.refreshes.rows.values()] == [first]


def test_workers_are_told_of_what_was_reserved_before_an_error() -> None:
    stage = _crowded_stage(3)
    usual, asked = stage.providers.open, []

    def break_down(connection: Connection) -> Any:
        asked.append(connection.id)
        if len(asked) == 3:
            raise RuntimeError
        return usual(connection)

    with InPlaceOf(usual).holding(break_down), pytest.raises(RuntimeError):
        refresh_all(_request(), deps=stage.requesting)
    assert len(stage.refresh_commands) == len(stage.refreshes.rows) == 2
