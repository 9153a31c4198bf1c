"""A provider that wants one connection left alone: for as long as it says, and no other one."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from freshet.domain import call_errors
from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.errors import ConnectionNeedsUser, RefreshTooSoon
from freshet.domain.provider import Provider
from freshet.domain.refresh import Kind, RefreshStatus
from freshet.services.refresh_records import Purchase
from freshet.services.request_refresh import request_transactions_sync
from tests.builders import CONNECTION_ID, NOON, USER, an_account, an_answer, changed
from tests.replacing import InPlaceOf
from tests.unit.crowd import add_connection, connection_id
from tests.unit.stage import Stage, a_request

ASKED = an_answer(operation="refresh")
MINUTES = timedelta(minutes=1)


def _refused(stage: Stage, error: call_errors.ProviderError) -> None:
    stage.provider.refresh_failures = [error]
    assert stage.press().refresh.status is RefreshStatus.REFUSED


@pytest.mark.parametrize("kind", [call_errors.ProviderThrottled, call_errors.SubjectLimited])
@pytest.mark.parametrize("seconds", [240, 7200])
def test_purchase_waits_as_long_as_the_provider_says(
    kind: type[call_errors.ProviderError], seconds: int
) -> None:
    stage = Stage()
    _refused(stage, kind(ASKED, wait=timedelta(seconds=seconds)))
    stage.later(seconds=seconds - 1)
    with pytest.raises(RefreshTooSoon) as early:
        stage.press()
    assert early.value.retry_at == NOON + timedelta(seconds=seconds)
    stage.later(seconds=2)
    assert stage.press("again").refresh.status is RefreshStatus.ACCEPTED


def test_purchase_waits_a_cooldown_when_the_provider_does_not_say_how_long() -> None:
    stage = Stage()
    _refused(stage, call_errors.ProviderThrottled(ASKED))
    with pytest.raises(RefreshTooSoon) as early:
        stage.press()
    assert early.value.retry_at == NOON + stage.policy.cooldown


PAUSES = [
    (call_errors.ProviderUnavailable(ASKED, wait=5 * MINUTES), 300),
    (call_errors.ProviderUnavailable(ASKED), 60),
    (call_errors.SubjectLimited(ASKED, wait=MINUTES), 60),
    (call_errors.SubjectLimited(ASKED), 60),
    (call_errors.ProviderThrottled(ASKED, wait=4 * MINUTES), 240),
    (call_errors.ProviderThrottled(ASKED, wait=120 * MINUTES), 7200),
    (call_errors.ProviderThrottled(ASKED), 900),
    (call_errors.NotReached(ASKED), 60),
]


def _ask(stage: Stage, kind: Kind, key: str) -> Purchase:
    if kind is Kind.HOLDINGS:
        return stage.press(key)
    return request_transactions_sync(a_request(idempotency_key=key), deps=stage.requesting)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("error", "seconds"), PAUSES)
def test_pause_is_told_kept_and_over_at_the_same_second(
    error: call_errors.ProviderError, seconds: int, kind: Kind
) -> None:
    stage = Stage()
    stage.accounts.save(an_account())
    stage.provider.refresh_failures, stage.provider.sync_failures = [error], [error]
    refused, until = _ask(stage, kind, "first"), NOON + timedelta(seconds=seconds)
    assert (refused.refresh.status, refused.not_before) == (RefreshStatus.REFUSED, until)
    for press in range(7):
        with pytest.raises(RefreshTooSoon) as early:
            _ask(stage, kind, f"press-{press}")
        assert early.value.retry_at == until
        assert _ask(stage, kind, "first").not_before == until  # the same answer again
        stage.clock.advance((until - stage.clock()) / 2)
    stage.clock.advance(until - stage.clock())
    assert _ask(stage, kind, "last").refresh.status is RefreshStatus.ACCEPTED
    assert (stage.provider.billed, stage.provider.syncs) == (
        (1, 0) if kind is Kind.HOLDINGS else (0, 2)
    )


def test_pause_of_one_kind_is_none_of_the_other() -> None:
    stage = Stage()
    stage.accounts.save(an_account())
    stage.provider.sync_failures = [call_errors.SubjectLimited(ASKED, wait=5 * MINUTES)]
    assert _ask(stage, Kind.TRANSACTIONS, "sync").refresh.status is RefreshStatus.REFUSED
    assert _ask(stage, Kind.HOLDINGS, "press").refresh.status is RefreshStatus.ACCEPTED


@pytest.mark.parametrize("minutes", [1, 20])
def test_the_later_one_is_told_when_a_cooldown_began_beside_the_call(minutes: int) -> None:
    stage = Stage(last_purchase_at=NOON - 15 * MINUTES)
    stage.provider.refresh_failures = [
        call_errors.ProviderThrottled(ASKED, wait=timedelta(minutes=minutes))
    ]

    def also_bought() -> None:
        stage.connections.change(
            USER, CONNECTION_ID, lambda row: changed(row, last_purchase_at=NOON - 10 * MINUTES)
        )

    stage.provider.during_refresh = also_bought
    assert stage.press("first").not_before == NOON + max(5, minutes) * MINUTES


def test_schedule_obeys_the_providers_word() -> None:
    every = Cadence(refresh_every=timedelta(hours=1))
    stage = Stage(cadence=every, next_refresh_at=NOON, due_at=NOON)
    calls: list[datetime] = []
    stage.provider.during_refresh = lambda: calls.append(stage.clock())
    stage.provider.refresh_failures = [
        call_errors.ProviderThrottled(ASKED, wait=timedelta(hours=5))
    ]
    for _ in range(5 * 60 + 1):
        stage.plan()
        stage.drain()
        stage.later(minutes=1)
    assert calls == [NOON, NOON + timedelta(hours=5)]


def test_refresh_that_was_put_back_is_called_once_its_time_has_come() -> None:
    stage = Stage(provider=Provider.PLAID)
    calls: list[datetime] = []
    stage.provider.during_refresh = lambda: calls.append(stage.clock())
    stage.provider.refresh_failures = [call_errors.ProviderUnavailable(ASKED, wait=5 * MINUTES)]
    stage.press("first")
    for press in range(7):
        stage.drain()
        assert stage.press(f"press-{press}").joined
    assert calls == [NOON]
    for _ in range(5):
        stage.later(minutes=1)
        stage.plan()
        stage.drain()
    assert calls == [NOON, NOON + 5 * MINUTES]


def test_other_connections_are_bought_when_one_is_limited() -> None:
    stage = Stage()
    _refused(stage, call_errors.SubjectLimited(ASKED, wait=4 * MINUTES))
    add_connection(stage, 2, user_id=USER)
    bought = stage.press(connection_id=connection_id(2))
    assert bought.refresh.status is RefreshStatus.ACCEPTED


def test_broken_link_is_looked_at_when_its_user_presses() -> None:
    stage = Stage()
    stage.provider.read_failures = {"connection": call_errors.LoginRequired(ASKED)}
    stage.read()
    stage.provider.read_failures = {}
    for _ in range(3):  # one look is enough, and none follows another within a minute
        with pytest.raises(ConnectionNeedsUser):
            stage.press()
    assert stage.reads.commands == []
    stage.later(minutes=2)
    with pytest.raises(ConnectionNeedsUser):
        stage.press()
    stage.drain()
    assert stage.connection.link.status == "active"


@pytest.mark.parametrize("provider", Provider)
@pytest.mark.parametrize("seconds", [300, 7200])
def test_pause_outlives_a_process_that_dies_before_it_notes_it(
    provider: Provider, seconds: int
) -> None:
    stage = Stage(provider=provider)
    stage.provider.refresh_failures = [
        call_errors.SubjectLimited(ASKED, wait=timedelta(seconds=seconds))
    ]
    calls: list[datetime] = []
    stage.provider.during_refresh = lambda: calls.append(stage.clock())
    usual = stage.connections.change

    def die(*given: Any, **more: Any) -> Connection:
        if calls:
            raise Died
        return usual(*given, **more)

    with InPlaceOf(usual).holding(die), pytest.raises(Died):
        stage.press("first")
        stage.drain()
    for _ in range(seconds // 60 - 1):
        stage.later(minutes=1)
        stage.plan()
        stage.drain()
    assert calls == [NOON]


class Died(Exception):
    """The process is gone."""
