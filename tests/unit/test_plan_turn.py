"""The planner: what is due, once, paced, and never lost."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from freshet import observability
from freshet.domain.cadence import Cadence
from freshet.domain.commands import ReadReason
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import QueueUnavailable
from freshet.domain.provider import Provider
from freshet.domain.schedule import TurnCapacity
from freshet.metric_kinds import Metric
from freshet.metrics import OLDEST_OVERDUE, PLANNER_TURN_FINISHED
from freshet.services import plan_turn as planner
from freshet.services.plan_turn import plan_turn
from tests.builders import CONNECTION_ID, NOON, USER, a_connection
from tests.replacing import InPlaceOf
from tests.unit.stage import Stage

DAILY = Cadence(refresh_every=timedelta(hours=24))
DUE: dict[str, Any] = {"due_at": NOON}
WANTED: dict[str, Any] = {"due_at": NOON, "cadence": DAILY, "next_refresh_at": NOON}


def _add(stage: Stage, number: int, minutes_ago: int, **changes: Any) -> None:
    connection = a_connection(
        id=f"con_{number:024d}",
        provider_connection_id=f"authorization-{number}",
        due_at=NOON - timedelta(minutes=minutes_ago),
        **changes,
    )
    stage.connections.add(connection, provider_user_id=None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (DUE, ReadReason.DUE),
        (DUE | {"status_read_at": None, "status": "initialising"}, ReadReason.FIRST_LOAD),
    ],
)
def test_read_is_asked_for_when_a_connection_is_due(
    changes: dict[str, Any], reason: ReadReason
) -> None:
    stage = Stage(**changes)
    assert stage.plan() == 1
    (command,) = stage.reads.commands
    assert (command.user_id, command.connection_id, command.reason) == (USER, CONNECTION_ID, reason)
    assert stage.buys.commands == []


def test_purchase_is_asked_for_when_the_cadence_asks_for_it() -> None:
    stage = Stage(**WANTED)
    assert stage.plan() == 1
    (command,) = stage.refresh_commands
    assert (command.trigger, command.actor) == ("schedule", "schedule")
    assert stage.reads.commands == []


def test_unfinished_purchase_goes_on_under_its_own_id_when_due() -> None:
    stage = Stage(due_at=NOON, open_refresh_id="ref_open")
    stage.plan()
    assert [command.refresh_id for command in stage.refresh_commands] == ["ref_open"]


@pytest.mark.parametrize("early", [timedelta(microseconds=1), timedelta(hours=1)])
def test_nothing_is_planned_when_nothing_is_due(early: timedelta) -> None:
    stage = Stage(due_at=NOON + early)
    assert stage.plan() == 0
    assert stage.reads.commands == []


def test_turn_is_handed_out_once_when_two_planners_run_at_once() -> None:
    stage = Stage(**DUE)
    seen_by_both = stage.connections.due(Provider.SNAPTRADE, now=NOON, limit=40)
    assert stage.plan() == 1
    InPlaceOf(stage.connections.due).put(
        lambda provider, **_: seen_by_both if provider is Provider.SNAPTRADE else []
    )
    assert stage.plan() == 0
    assert len(stage.reads.commands) == 1


def test_both_planners_mean_one_refresh_when_a_claim_is_seen_twice() -> None:
    first, second = Stage(**WANTED), Stage(**WANTED)
    first.plan()
    second.plan()
    assert first.buys.commands == second.buys.commands


def test_refused_command_is_due_again_at_once() -> None:
    stage = Stage(**DUE)
    stage.reads.refuse_next = 1
    assert stage.plan() == 0
    assert stage.reads.commands == []
    assert stage.connection.due_at == NOON
    assert stage.plan() == 1
    assert len(stage.reads.commands) == 1


def test_oldest_go_first_and_the_rest_stays_in_the_index_when_there_is_too_much() -> None:
    stage = Stage()
    for number in range(2, 7):
        _add(stage, number, minutes_ago=number)
    planning = replace(stage.planning, capacities={Provider.SNAPTRADE: TurnCapacity(18, 18)})
    assert plan_turn(deps=planning) == 3
    assert [command.connection_id[-1] for command in stage.reads.commands] == ["6", "5", "4"]
    assert [command.delay.seconds for command in stage.reads.commands] == [0, 20, 40]
    assert len(stage.connections.due(Provider.SNAPTRADE, now=NOON, limit=40)) == 2


def test_turn_holds_more_connections_when_their_reads_are_short() -> None:
    stage = Stage()
    for number in range(2, 7):
        _add(stage, number, minutes_ago=number, calls_per_read_run=4)
    planning = replace(stage.planning, capacities={Provider.SNAPTRADE: TurnCapacity(18, 18)})
    assert plan_turn(deps=planning) == 5
    assert [command.delay.seconds for command in stage.reads.commands] == [0, 13, 26, 40, 53]


def test_purchases_stop_a_turn_when_their_own_limit_is_reached() -> None:
    stage = Stage()
    for number in range(2, 7):
        _add(stage, number, minutes_ago=number, cadence=DAILY, next_refresh_at=NOON)
    planning = replace(stage.planning, capacities={Provider.SNAPTRADE: TurnCapacity(250, 2)})
    assert plan_turn(deps=planning) == 2
    assert [command.connection_id[-1] for command in stage.refresh_commands] == ["6", "5"]
    assert len(stage.connections.due(Provider.SNAPTRADE, now=NOON, limit=40)) == 3


@pytest.mark.parametrize(("minutes_ago", "seconds"), [((), 0), ((7, 3), 420), ((0,), 0)])
def test_latest_delay_is_reported_when_a_turn_begins(
    minutes_ago: tuple[int, ...], seconds: float
) -> None:
    stage = Stage()
    told: list[tuple[Metric, float]] = []
    measuring = InPlaceOf(observability.measure_seconds, within=planner)
    for number, minutes in enumerate(minutes_ago, start=2):
        _add(stage, number, minutes_ago=minutes)
    with measuring.holding(
        lambda measured, duration: told.append((measured, duration.total_seconds()))
    ):
        stage.plan()
    assert told == [(OLDEST_OVERDUE, seconds)]


@pytest.mark.parametrize("fails", [False, True])
def test_turn_is_counted_once_when_it_has_finished_and_not_when_a_queue_failed(fails: bool) -> None:
    stage = Stage(**DUE)
    counted: list[Metric] = []
    if fails:
        InPlaceOf(stage.reads.send).put(_refuse)
    with (
        InPlaceOf(observability.count, within=planner).holding(
            lambda counter, number=1: counted.append(counter)
        ),
        pytest.raises(QueueUnavailable) if fails else nullcontext(),
    ):
        stage.plan()
    assert counted == ([] if fails else [PLANNER_TURN_FINISHED])


def _refuse(commands: Iterable[Any]) -> Sequence[Any]:
    raise QueueUnavailable("snapshots")


@pytest.mark.parametrize("status", [ConnectionStatus.NEEDS_USER, ConnectionStatus.REVOKED])
def test_sleeping_connection_costs_nothing_when_it_left_the_index(
    status: ConnectionStatus,
) -> None:
    stage = Stage(status=status, due_at=None)
    stage.later(days=30)
    assert stage.plan() == 0
