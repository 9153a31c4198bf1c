"""Promise 2: one event is worked once; two genuine events never collapse into one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.orders import ReadReason
from freshet.domain.webhooks import WHOLE_CONNECTION, Calls
from tests.builders import CONNECTION_ID, NOON, USER, an_event
from tests.unit.crashing import Crash
from tests.unit.stage import Stage

AT_ONCE = timedelta(seconds=5)


def test_account_is_marked_and_a_delayed_read_asked_for_when_an_event_is_new() -> None:
    stage = Stage()
    stage.hear(an_event())
    assert stage.connection.marks == {"account-1": NOON}
    assert stage.connection.due_at == NOON + timedelta(minutes=2)
    (order,) = stage.reads.orders
    assert (order.user_id, order.connection_id) == (USER, CONNECTION_ID)
    assert (order.reason, order.delay) == (ReadReason.WEBHOOK, AT_ONCE)


def test_whole_connection_is_marked_when_the_event_is_about_it() -> None:
    stage = Stage()
    stage.hear(an_event(calls_for=Calls.CONNECTION_READ))
    assert set(stage.connection.marks) == {WHOLE_CONNECTION}


def test_duplicate_asks_for_nothing_when_the_read_was_made() -> None:
    stage = Stage()
    stage.hear(an_event())
    stage.later(seconds=5)
    stage.drain()
    stage.hear(an_event())
    assert stage.reads.orders == []


def test_read_is_asked_for_again_when_the_worker_died_between_claim_and_message() -> None:
    stage = Stage()
    usual = stage.reads.send

    def die(orders: object) -> list[object]:
        raise Crash

    stage.reads.send = die
    with pytest.raises(Crash):
        stage.hear(an_event())
    stage.reads.send = usual
    stage.hear(an_event())
    assert len(stage.reads.orders) == 1


def test_schedule_makes_the_read_when_its_message_is_lost_for_good() -> None:
    stage = Stage()
    stage.hear(an_event())
    stage.reads.drain()
    stage.later(minutes=2)
    assert stage.plan() == 1
    stage.drain()
    assert stage.connection.marks == {}
    assert stage.snapshots.rows


@pytest.mark.parametrize(
    "changes",
    [
        {"provider_connection_id": "authorization-unknown"},
        {"provider_connection_id": None},
        {"calls_for": Calls.NOTHING, "kind": "SOMETHING_NEW"},
    ],
)
def test_event_is_kept_and_nothing_read_when_it_concerns_nobody(changes: dict[str, object]) -> None:
    stage = Stage()
    stage.hear(an_event(**changes))
    assert stage.reads.orders == []
    assert stage.connection.marks == {}
    assert len(stage.inbox.rows) == 1


def test_event_is_kept_and_harmless_when_its_connection_was_erased() -> None:
    stage = Stage()
    stage.connections.rows.clear()
    stage.hear(an_event())
    assert len(stage.inbox.rows) == 1
    stage.drain()
    assert stage.provider.reads == 0


def test_duplicate_ends_quietly_when_its_connection_was_erased_meanwhile() -> None:
    stage = Stage()
    stage.hear(an_event())
    stage.reads.drain()
    stage.connections.rows.clear()
    stage.hear(an_event())
    assert stage.reads.orders == []


@given(st.lists(st.sampled_from(["event-1", "event-2", "event-3"]), min_size=1, max_size=8))
def test_same_holdings_and_status_are_there_in_the_end_when_events_repeat_and_mix(
    ids: list[str],
) -> None:
    stage = Stage()
    stage.provider.as_of = NOON
    for event_id in ids:
        stage.hear(an_event(id=event_id))
        stage.later(seconds=1)
    stage.later(seconds=10)
    stage.drain()
    assert len(stage.inbox.rows) == len(set(ids))
    assert (stage.connection.status, stage.connection.marks) == ("active", {})
    assert len(stage.snapshots.versions) == 1
    assert stage.provider.reads == 2
