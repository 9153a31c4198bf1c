"""After an outage: oldest first, never faster than the pace, and nothing is lost or done twice."""

from collections.abc import Iterable, Sequence
from copy import replace
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.call_errors import ProviderUnavailable
from freshet.domain.commands import ReadCommand
from freshet.domain.connection import TURN_LEASE, Connection
from freshet.domain.errors import QueueUnavailable
from freshet.domain.provider import Provider
from freshet.domain.schedule import TurnCapacity, calls_of
from freshet.registry import TRAITS
from freshet.services.plan_turn import plan_turn
from tests.builders import NOON, an_answer
from tests.depth import sample
from tests.fakes import FakeConnections, FakeQueue
from tests.unit.crashing import Crashes, MortalStage
from tests.unit.crowd import add_connection, all_connections, connection_id, planning_at
from tests.unit.stage import Stage

OUTAGES = [timedelta(hours=1), timedelta(days=7)]
STEPS_OF_A_TURN = 6 + 2 * len(TRAITS)  # each provider has two parts of the index


def _turn(stage: Stage, pace: TurnCapacity) -> list[Connection]:
    before = len(stage.reads.commands)
    plan_turn(deps=planning_at(stage, pace))
    commands = stage.reads.commands[before:]
    return [stage.connections.get(each.user_id, each.connection_id) for each in commands]


@pytest.mark.parametrize("outage", OUTAGES)
@given(
    ages=st.lists(st.floats(0, 1), min_size=1, max_size=40),
    calls=st.sampled_from([2, 6, 11]),
    calls_per_minute=st.integers(2, 60),
)
def test_overdue_turns_come_oldest_first_at_the_pace_when_the_planner_was_down(
    outage: timedelta, ages: list[float], calls: int, calls_per_minute: int
) -> None:
    stage, pace = Stage(due_at=None), TurnCapacity(calls_per_minute, calls_per_minute)
    for number, age in enumerate(ages):
        add_connection(stage, number, due_at=NOON + outage * age, calls_per_read_run=calls)
    due_at = {each.id: each.due_at for each in all_connections(stage)}
    stage.clock.advance(outage)
    planned: list[str] = []
    while len(planned) < len(ages):
        turn = _turn(stage, pace)
        # The last read may begin within the pace and end beyond it, but it is the last.
        assert (
            0
            < sum(calls_of(each, TRAITS[each.provider]) for each in turn[:-1]) + 1
            <= calls_per_minute
        )
        planned += [each.id for each in turn]
        stage.later(seconds=10)  # turns that come too soon change nothing
    ages_planned = [due_at[each] for each in planned]
    assert ages_planned == sorted(at for at in ages_planned if at is not None)
    assert len(set(planned)) == len(planned)


@pytest.mark.parametrize("outage", OUTAGES)
def test_retries_spread_out_when_the_provider_was_down(outage: timedelta) -> None:
    stage, pace = Stage(due_at=None), TurnCapacity(60, 60)
    failure = ProviderUnavailable(an_answer())
    for number in range(30):
        add_connection(stage, number)
        stage.providers.by_connection[f"authorization-of-{number}"].read_failures = {
            "connection": failure
        }
    most = 0
    while stage.clock.now < NOON + outage:
        turn = _turn(stage, pace)
        most = max(most, len(turn))
        stage.drain()
        stage.later(minutes=10)
    for number in range(30):
        stage.providers.by_connection[f"authorization-of-{number}"].read_failures = {}
    assert most == 10  # sixty calls: ten reads of six
    for _ in range(12 * 6 + 1):  # the longest step back is twelve hours
        most = max(most, len(_turn(stage, pace)))
        stage.drain()
        stage.later(minutes=10)
    assert most == 10
    assert {each.schedule.consecutive_failures for each in all_connections(stage)} == {0}


@dataclass
class Interrupted:
    """The due index as one of two planners sees it, the other one working in between."""

    inner: FakeConnections
    seen: Sequence[tuple[str, str, datetime]]
    before_claim: dict[int, Any]
    claims: int = 0

    def due(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        return self.seen[:limit]

    def due_looks(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        return []

    def claim(self, *owner: str, due_at: datetime, lease_until: datetime) -> Connection | None:
        interruption = self.before_claim.pop(self.claims, None)
        self.claims += 1
        if interruption is not None:
            interruption()
        return self.inner.claim(*owner, due_at=due_at, lease_until=lease_until)

    def give_back(self, *owner: str, due_at: datetime, lease_until: datetime) -> None:
        self.inner.give_back(*owner, due_at=due_at, lease_until=lease_until)


@given(st.integers(1, 12), st.integers(0, 12), st.integers(0, 12), st.integers(2, 40))
def test_no_turn_is_handed_out_twice_when_two_planners_interleave(
    connections: int, first_break: int, second_break: int, calls_per_minute: int
) -> None:
    stage, pace = Stage(), TurnCapacity(calls_per_minute, calls_per_minute)
    for number in range(connections):
        add_connection(stage, number, due_at=NOON - timedelta(seconds=number))
    planning = planning_at(stage, pace)
    seen = stage.connections.due(Provider.SNAPTRADE, now=NOON, limit=99)

    def plan(before_claim: dict[int, Any]) -> None:
        plan_turn(deps=replace(planning, due=Interrupted(stage.connections, seen, before_claim)))

    plan({first_break: lambda: plan({second_break: lambda: plan({})})})
    plan({})
    handed_out = [command.connection_id for command in stage.reads.commands]
    assert len(set(handed_out)) == len(handed_out)
    assert handed_out


def _mortal_crowd() -> MortalStage:
    stage = MortalStage(Crashes())
    for each in range(5):
        add_connection(stage, each)
    return stage


@pytest.mark.parametrize("number", range(STEPS_OF_A_TURN))
@pytest.mark.parametrize("is_after_effect", [False, True])
def test_every_connection_is_read_when_a_turn_is_cut_short_anywhere(
    number: int, is_after_effect: bool
) -> None:
    stage = _mortal_crowd()
    stage.crashes.planned = {stage.crashes.calls + number: is_after_effect}
    assert not stage.survive(stage.plan)
    minutes = TURN_LEASE // timedelta(minutes=1) + 1
    for _ in range(minutes):
        stage.survive(stage.drain)
        stage.later(minutes=1)
        stage.survive(stage.plan)
    stage.survive(stage.drain)
    unread = [
        each.id for each in all_connections(stage) if each.schedule.calls_per_read_run is None
    ]
    assert unread == []


def test_every_step_of_a_turn_is_covered_when_it_runs_through() -> None:
    stage = _mortal_crowd()
    before = stage.crashes.calls
    stage.plan()
    assert stage.crashes.calls - before == STEPS_OF_A_TURN
    assert {command.connection_id for command in stage.reads.commands} == {
        connection_id(each) for each in range(5)
    }


@pytest.mark.parametrize("is_after_effect", [False, True])
@pytest.mark.parametrize("number", sample(range(2 * len(TRAITS) + 25 + 3), 8))
def test_ten_connections_at_most_are_in_doubt_when_a_turn_dies(
    number: int, is_after_effect: bool
) -> None:
    stage = MortalStage(Crashes())
    for each in range(25):
        add_connection(stage, each)
    stage.crashes.planned = {stage.crashes.calls + number: is_after_effect}
    assert not stage.survive(stage.plan)
    sent = {command.connection_id for command in stage.reads.commands}
    leased = {each.id for each in all_connections(stage) if each.due_at == NOON + TURN_LEASE}
    assert len(sent) in (0, 10, 20, 25)
    assert len(leased - sent) <= 10


class Failing(FakeQueue[ReadCommand]):
    """A queue that fails for one of its batches."""

    def __init__(self, batch: int) -> None:
        super().__init__()
        self._left = batch

    def send(self, commands: Iterable[ReadCommand]) -> Sequence[ReadCommand]:
        self._left -= 1
        if self._left == 0:
            raise QueueUnavailable("work queue")
        return super().send(commands)


def test_batch_that_fails_is_due_again_at_once_and_the_others_are_sent() -> None:
    stage = Stage(due_at=None)
    for each in range(25):
        add_connection(stage, each)
    queue = Failing(2)
    with pytest.raises(QueueUnavailable):
        plan_turn(deps=replace(stage.planning, reads=queue))
    assert len(queue.commands) == 15
    assert sum(each.due_at == NOON for each in all_connections(stage)) == 10
    stage.plan()
    assert len(stage.reads.commands) == 10


def test_turn_stops_when_the_next_one_is_near() -> None:
    stage = Stage(due_at=None)
    for each in range(5):
        add_connection(stage, each)

    def pass_time() -> None:
        stage.later(seconds=20)

    seen = stage.connections.due(Provider.SNAPTRADE, now=NOON, limit=9)
    slow = Interrupted(stage.connections, seen, dict.fromkeys(range(5), pass_time))
    assert plan_turn(deps=replace(planning_at(stage, TurnCapacity(250, 250)), due=slow)) == 3
    assert sum(each.due_at == NOON for each in all_connections(stage)) == 2
