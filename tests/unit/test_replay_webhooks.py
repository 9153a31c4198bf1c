"""Replaying webhooks: everything is read once more, and nothing doubles."""

import pytest

from freshet.domain.connection import Connection
from freshet.domain.errors import NotFound
from freshet.domain.provider import Provider
from freshet.domain.webhooks import WebhookEffect, WebhookEvent
from freshet.services.replay_webhooks import replay_connection, replay_event, replay_parked
from tests.builders import CONNECTION_ID, EVERYTHING, USER, a_connection, an_event, refreshed
from tests.unit.stage import Stage

OTHER_ID = "con_" + "b" * 24
UNKNOWN = {"provider_connection_id": "authorization-2"}


def _quiet(*events: WebhookEvent) -> Stage:
    """Events worked and read for."""
    stage = Stage()
    for event in events:
        stage.hear(event)
    stage.later(seconds=9)
    stage.drain()
    return stage


def _save_other(stage: Stage) -> Connection:
    connection = a_connection(id=OTHER_ID, **UNKNOWN)
    return stage.connections.add(connection, provider_user_id=None)


def _versions(stage: Stage) -> int:
    return len(stage.snapshots.kept)


def test_account_is_read_once_more_when_its_event_is_replayed() -> None:
    stage = _quiet(an_event())
    versions, reads = _versions(stage), stage.provider.reads
    assert replay_event(Provider.SNAPTRADE, "event-1", deps=stage.processing)
    assert set(stage.connection.pending.announced) == {refreshed("account-1")}
    stage.later(seconds=9)
    stage.drain()
    assert stage.provider.reads > reads
    assert (_versions(stage), len(stage.inbox.rows)) == (versions, 1)


def test_replay_is_refused_by_name_when_there_is_no_such_event() -> None:
    with pytest.raises(NotFound):
        replay_event(Provider.SNAPTRADE, "event-9", deps=Stage().processing)


def test_whole_connection_is_read_when_it_is_replayed() -> None:
    stage = _quiet(an_event())
    assert replay_connection(Provider.SNAPTRADE, "authorization-1", deps=stage.processing) == 0
    assert set(stage.connection.pending.announced) == {EVERYTHING}
    assert [command.connection_id for command in stage.reads.commands] == [CONNECTION_ID]
    assert len(stage.inbox.rows) == 1
    with pytest.raises(NotFound):
        replay_connection(Provider.SNAPTRADE, "authorization-9", deps=stage.processing)


def test_parked_events_are_worked_when_their_connection_is_known_by_now() -> None:
    stage = _quiet(an_event(**UNKNOWN), an_event(id="b", provider_connection_id="authorization-3"))
    assert replay_parked(Provider.SNAPTRADE, deps=stage.processing) == 0
    assert not replay_event(Provider.SNAPTRADE, "event-1", deps=stage.processing)
    _save_other(stage)
    assert replay_parked(Provider.SNAPTRADE, deps=stage.processing) == 1
    assert set(stage.connections.get(USER, OTHER_ID).pending.announced) == {refreshed("account-1")}
    assert [command.connection_id for command in stage.reads.commands] == [OTHER_ID]
    assert replay_parked(Provider.SNAPTRADE, deps=stage.processing) == 0
    assert len(stage.inbox.waiting) == 1


def test_parked_event_is_worked_when_it_is_replayed_and_its_connection_known() -> None:
    stage = _quiet(an_event(**UNKNOWN))
    _save_other(stage)
    assert replay_event(Provider.SNAPTRADE, "event-1", deps=stage.processing)
    assert stage.inbox.waiting == {}


def test_event_about_nobody_is_left_alone_when_it_is_replayed() -> None:
    stage = _quiet(an_event(provider_connection_id=None, effect=WebhookEffect.NOTHING))
    assert not replay_event(Provider.SNAPTRADE, "event-1", deps=stage.processing)
    assert stage.reads.commands == []
