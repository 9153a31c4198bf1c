"""Races that only a table can have: a change is made again on what another one stored."""

from copy import replace

import pytest

from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.table import Table
from freshet.domain.connection import Connection
from freshet.domain.errors import AlreadyOwned, ConcurrentChange
from freshet.domain.provider import Provider
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, changed
from tests.clients import DynamoDB


@pytest.fixture
def connections(dynamodb: DynamoDB) -> DynamoConnections:
    found = DynamoConnections(Table(dynamodb, "connections"))
    found.add(a_connection(), provider_user_id="provider-user")
    return found


def test_neither_change_is_lost_when_two_race(connections: DynamoConnections) -> None:
    runs = []

    def step(row: Connection) -> Connection:
        runs.append(row.version)
        if len(runs) == 1:
            connections.change(USER, CONNECTION_ID, lambda each: replace(each, paused=True))
        return changed(row, consecutive_failures=7)

    after = connections.change(USER, CONNECTION_ID, step)
    assert runs == [1, 2]
    assert (after.paused, after.schedule.consecutive_failures, after.version) == (True, 7, 3)


def test_change_gives_up_when_it_loses_every_race(connections: DynamoConnections) -> None:
    def step(row: Connection) -> Connection:
        connections.change(
            USER,
            CONNECTION_ID,
            _failed,
        )
        return replace(row, paused=True)

    with pytest.raises(ConcurrentChange):
        connections.change(USER, CONNECTION_ID, step)
    assert not connections.get(USER, CONNECTION_ID).paused


def test_providers_user_stays_with_our_user_when_another_registers_it(
    connections: DynamoConnections,
) -> None:
    stranger = a_connection(
        id="con_" + "b" * 24, user_id="user-2", provider_connection_id="authorization-2"
    )
    with pytest.raises(AlreadyOwned):
        connections.add(stranger, provider_user_id="provider-user")
    assert connections.of_user("user-2") == []


def test_user_id_may_hold_any_character_when_it_makes_a_key(
    connections: DynamoConnections,
) -> None:
    strange = a_connection(
        id="con_" + "c" * 24,
        user_id="a#b|CONNECTION#",
        provider_connection_id="authorization-3",
        due_at=NOON,
    )
    connections.add(strange, provider_user_id=None)
    assert connections.due(Provider.SNAPTRADE, now=NOON, limit=9) == [
        (strange.user_id, strange.id, NOON)
    ]
    assert connections.of_user("a") == []


def test_row_is_not_read_again_when_it_is_known(connections: DynamoConnections) -> None:
    known = connections.get(USER, CONNECTION_ID)
    after = connections.change(USER, CONNECTION_ID, _failed, known=known)
    assert (after.schedule.consecutive_failures, after.version) == (1, known.version + 1)


def test_step_is_taken_from_the_current_row_when_the_known_one_is_old(
    connections: DynamoConnections,
) -> None:
    known = connections.get(USER, CONNECTION_ID)
    connections.change(USER, CONNECTION_ID, _failed)
    after = connections.change(USER, CONNECTION_ID, _failed, known=known)
    assert after.schedule.consecutive_failures == 2


def test_known_row_is_not_believed_when_nothing_would_change_in_it(
    connections: DynamoConnections,
) -> None:
    known = connections.get(USER, CONNECTION_ID)
    connections.change(USER, CONNECTION_ID, _failed)
    after = connections.change(USER, CONNECTION_ID, lambda row: row, known=known)
    assert after.schedule.consecutive_failures == 1


def _failed(row: Connection) -> Connection:
    return changed(row, consecutive_failures=row.schedule.consecutive_failures + 1)
