"""A purchase that may take longer than a caller can wait: reserved at once, bought by a worker."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain import call_errors, errors
from freshet.domain.cadence import Cadence
from freshet.domain.commands import ReadReason
from freshet.domain.provider import Provider
from freshet.domain.refresh import Method, RefreshStatus
from freshet.domain.refresh_request import RefreshRequest
from freshet.services.refresh_records import Purchase
from freshet.services.request_refresh import request_refresh
from tests.builders import CONNECTION_ID, NOON, USER, an_answer
from tests.unit.stage import Stage

HOURS = timedelta(hours=3)


def _stage(**connection: Any) -> Stage:
    return Stage(provider=Provider.PLAID, **connection)


def _press(stage: Stage, key: str = "key-1") -> Purchase:
    request = RefreshRequest(
        user_id=USER, connection_id=CONNECTION_ID, actor=USER, idempotency_key=key
    )
    return request_refresh(request, deps=stage.requesting)


def test_money_is_reserved_and_the_worker_asked_when_a_user_presses() -> None:
    stage = _stage()
    refresh = _press(stage).refresh
    assert (refresh.status, refresh.cost.amount) == (RefreshStatus.RESERVED, Decimal("0.12"))
    assert (stage.provider.billed, stage.reads.commands) == (0, [])
    (command,) = stage.refresh_commands
    assert (command.refresh_id, command.trigger, command.actor) == (refresh.id, "user", USER)


def test_read_follows_at_once_and_proves_it_when_the_worker_has_bought() -> None:
    stage = _stage()
    refresh_id = _press(stage).refresh.id
    (command,) = stage.buys.drain()
    stage.work(command)
    assert (stage.provider.billed, stage.refreshes.total()) == (1, Decimal("0.12"))
    (read,) = stage.reads.commands
    assert read.reason is ReadReason.REFRESH
    stage.later(seconds=4)
    stage.provider.as_of = stage.clock()
    stage.drain()
    assert stage.refresh(refresh_id).status is RefreshStatus.COMPLETE


def test_refresh_is_bought_by_the_schedule_when_its_message_is_lost() -> None:
    stage = _stage()
    refresh_id = _press(stage).refresh.id
    stage.buys.drain()
    stage.later(minutes=2)
    assert stage.plan() == 1
    stage.drain()
    assert stage.refresh(refresh_id).status is RefreshStatus.ACCEPTED
    assert stage.provider.billed == 1


@pytest.mark.parametrize(("key", "joined"), [("key-1", False), ("key-2", True)])
def test_one_refresh_is_bought_when_a_user_presses_twice(key: str, joined: bool) -> None:
    stage = _stage()
    first = _press(stage)
    second = _press(stage, key)
    assert (second.refresh.id, second.joined) == (first.refresh.id, joined)
    stage.drain()
    assert stage.provider.billed == 1


def test_worker_is_left_alone_when_the_call_is_made_already() -> None:
    stage = _stage()
    _press(stage)
    stage.drain()
    assert _press(stage).refresh.status is not RefreshStatus.RESERVED
    assert stage.buys.commands == []


def test_purchase_ends_and_costs_nothing_when_an_outage_lasts_hours() -> None:
    stage = _stage(cadence=Cadence(refresh_every=timedelta(hours=24)))
    refresh_id = _press(stage).refresh.id
    stage.provider.refresh_failures = [call_errors.ProviderUnavailable(an_answer(), wait=HOURS)]
    stage.drain()
    assert stage.refresh(refresh_id).status is RefreshStatus.REFUSED
    assert set(stage.refreshes.calls.values()) == {0}
    assert stage.connection.purchases.next_refresh_at == NOON + HOURS


def test_only_reads_are_offered_when_the_institution_cannot_refresh() -> None:
    stage = _stage()
    _press(stage)
    stage.provider.refresh_failures = [call_errors.RefreshUnsupported(an_answer())]
    stage.drain()
    assert not stage.connection.can_refresh
    again = _press(stage, "key-2").refresh
    assert (again.method, again.cost.amount) == (Method.READ, Decimal(0))


def test_nothing_is_bought_when_the_kill_switch_is_turned_after_the_reservation() -> None:
    stage = _stage()
    refresh_id = _press(stage).refresh.id
    stage.refreshes.stopped = True
    stage.drain()
    assert stage.refresh(refresh_id).status is RefreshStatus.REFUSED
    assert (stage.provider.billed, stage.refreshes.ledger) == (0, {})
    assert set(stage.refreshes.calls.values()) == {0}
    assert stage.connection.slots.holdings.refresh_id is None


def test_nothing_was_sent_when_our_keys_were_gone_at_the_call() -> None:
    stage = _stage()
    _press(stage)
    stage.provider.refresh_failures = [errors.SecretUnavailable("keys")]
    stage.provider.during_refresh = None
    (command,) = stage.refresh_commands
    stage.drain()
    assert stage.refresh(command.refresh_id).status is RefreshStatus.RESERVED


def test_one_call_is_made_when_the_provider_wants_a_pause_and_the_user_presses_on() -> None:
    stage = _stage()
    minute = timedelta(seconds=60)
    stage.provider.refresh_failures = [
        call_errors.SubjectLimited(an_answer(), wait=minute) for _ in range(7)
    ]
    for number in range(7):
        purchase = _press(stage, f"key-{number}")
        for command in stage.buys.drain():
            stage.work(command)
            stage.work(command)  # a message may come twice
    assert purchase.joined
    assert len(stage.provider.refresh_failures) == 6
    stage.provider.refresh_failures = []
    stage.later(seconds=61)
    stage.plan()
    stage.drain()
    assert stage.provider.billed == 1
