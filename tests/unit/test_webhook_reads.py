"""What webhooks make a reader do, and who reads when two would."""

from datetime import timedelta
from typing import Any

from freshet.domain.read_schedule import READ_LEASE
from tests.builders import NOON, USER, an_account, an_account_report, an_event, refreshed
from tests.replacing import InPlaceOf
from tests.unit.stage import Stage


def test_second_reader_goes_home_when_the_first_is_at_work() -> None:
    stage = Stage(reading_until=NOON + timedelta(seconds=1))
    stage.read()
    assert stage.provider.reads == 0
    stage.later(seconds=1)
    stage.read()
    assert stage.provider.reads == 3


def test_connection_is_read_again_when_a_reader_died() -> None:
    stage = Stage(reading_until=NOON + READ_LEASE)
    stage.later(seconds=READ_LEASE.seconds)
    stage.read()
    assert stage.connection.schedule.reading_until is None
    assert stage.snapshots.rows


def test_burst_of_webhooks_is_one_pass_when_it_arrives_together() -> None:
    stage = Stage()
    for number in range(6):
        stage.hear(an_event(id=f"event-{number}"))
    assert len(stage.reads.commands) == 6
    stage.later(seconds=5)
    stage.drain()
    assert stage.provider.reads == 2  # the list and one account
    assert not stage.connection.pending


def test_webhooks_account_alone_is_read_when_the_connection_is_healthy() -> None:
    stage = Stage()
    stage.provider.accounts.append(an_account_report(provider_account_id="account-2"))
    stage.hear(an_event(provider_account_id="account-2"))
    stage.later(seconds=5)
    stage.drain()
    assert set(stage.snapshots.rows) == {
        (USER, an_account(provider_account_id="account-2").id),
    }


def test_webhook_is_not_forgotten_when_it_came_during_the_read() -> None:
    stage = Stage()
    usual = stage.snapshots.store

    def store_and_hear(*given: Any, **named: Any) -> bool:
        storing.put_back()
        stage.later(seconds=1)
        stage.hear(an_event(received_at=stage.clock()))
        return usual(*given, **named)

    storing = InPlaceOf(usual)
    storing.put(store_and_hear)
    stage.read()
    assert set(stage.connection.pending.announced) == {refreshed("account-1")}
    assert stage.connection.due_at == stage.clock()


def test_refresh_waits_on_when_a_read_proves_nothing_before_its_check() -> None:
    stage = Stage()
    bought = stage.buy().refresh
    stage.later(seconds=1)
    stage.read()
    assert stage.refresh() == bought
    assert stage.connection.due_at == bought.next_check_at
