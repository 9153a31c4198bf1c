"""Stored first, then told, then taken out: told twice at times, never not at all."""

from collections.abc import Sequence

import pytest

from freshet.domain.errors import QueueUnavailable
from freshet.domain.events import Event, EventKind
from freshet.services.announce import announce
from tests.builders import CONNECTION_ID, USER, an_announcement
from tests.replacing import InPlaceOf
from tests.unit.stage import Stage

CHANGED = an_announcement()
FINISHED = an_announcement(kind=EventKind.REFRESH_FINISHED, subject_id="ref_1")


def _announce(stage: Stage) -> None:
    announce(stage.connection, connections=stage.connections, bus=stage.bus)


def test_events_are_told_in_order_and_taken_out_when_the_bus_takes_them() -> None:
    stage = Stage(events=(CHANGED, FINISHED))
    _announce(stage)
    assert stage.bus.published == [CHANGED, FINISHED]
    assert not stage.connection.outbox.events


def test_nothing_is_written_when_there_is_nothing_to_tell() -> None:
    stage = Stage()
    _announce(stage)
    assert (stage.bus.published, stage.connection.version) == ([], 1)


@pytest.mark.parametrize("taken", [0, 1])
def test_events_stay_and_are_told_again_when_the_bus_fails(taken: int) -> None:
    stage = Stage(events=(CHANGED, FINISHED))
    stage.bus.failures, stage.bus.taken_before_failing = 1, taken
    with pytest.raises(QueueUnavailable):
        _announce(stage)
    assert stage.connection.outbox.events == (CHANGED, FINISHED)
    _announce(stage)
    assert stage.bus.published[taken:] == [CHANGED, FINISHED]
    assert not stage.connection.outbox.events


def test_newer_event_stays_when_it_came_while_others_were_told() -> None:
    stage = Stage(events=(CHANGED,))
    usual = stage.bus.publish

    def publish_slowly(events: Sequence[Event]) -> None:
        usual(events)
        stage.connections.change(USER, CONNECTION_ID, lambda row: row.announcing(FINISHED))

    InPlaceOf(usual).put(publish_slowly)
    _announce(stage)
    assert stage.connection.outbox.events == (FINISHED,)
