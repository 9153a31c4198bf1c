"""What is due, which turn it gets, and how turns are paced."""

from datetime import timedelta

import pytest

from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.connection_report import DataMode
from freshet.domain.connection_status import ASLEEP, GONE, ConnectionStatus
from freshet.domain.schedule import Turn, TurnCapacity, calls_of, turn_for
from freshet.registry import TRAITS
from tests.builders import EVERYTHING, NOON, a_connection, changed, pending, refreshed

DAILY = Cadence(refresh_every=timedelta(hours=24))
SECOND = timedelta(seconds=1)


def _wanting(**changes: object) -> Connection:
    return a_connection(**({"cadence": DAILY, "next_refresh_at": NOON} | changes))


@pytest.mark.parametrize(
    ("connection", "turn"),
    [
        (a_connection(), Turn.READ),
        (_wanting(), Turn.BUY),
        (_wanting(next_refresh_at=NOON - SECOND), Turn.BUY),
        (_wanting(next_refresh_at=NOON + SECOND), Turn.READ),
        (_wanting(next_refresh_at=None), Turn.READ),
        (_wanting(cadence=Cadence()), Turn.READ),
        (_wanting(status=ConnectionStatus.INITIALISING), Turn.READ),
        (_wanting(data_mode=DataMode.REALTIME), Turn.READ),
        (_wanting(data_mode=DataMode.UNKNOWN), Turn.BUY),
        (_wanting(refresh_refused_until=NOON + timedelta(days=9)), Turn.READ),
        (a_connection(open_refresh_id="ref_1"), Turn.BUY),
        (_wanting(open_refresh_id="ref_1", open_refresh_called=True), Turn.READ),
    ],
)
def test_turn_is_chosen_by_what_is_unfinished_and_wanted_when_due(
    connection: Connection, turn: Turn
) -> None:
    assert turn_for(connection, now=NOON) is turn


@pytest.mark.parametrize(
    ("changes", "due_in_hours"),
    [
        ({"next_read_at": NOON + timedelta(hours=5)}, 5),
        ({"next_read_at": NOON + timedelta(hours=5), "cadence": DAILY}, 3),
        ({"next_read_at": NOON + timedelta(hours=2), "cadence": DAILY}, 2),
        ({"next_read_at": None}, None),
        (
            {"next_read_at": NOON + timedelta(hours=5), "pending": pending(refreshed("account-1"))},
            0,
        ),
        ({"next_read_at": NOON + timedelta(hours=5), "paused": True}, None),
        ({"paused": True, "pending": pending(refreshed("a"))}, 0),
        ({"status": ConnectionStatus.NEEDS_USER, "pending": pending(EVERYTHING)}, 0),
    ],
)
def test_connection_takes_its_true_place_when_work_on_it_ends(
    changes: dict[str, object], due_in_hours: int | None
) -> None:
    values = {"next_refresh_at": NOON + timedelta(hours=3), "reading_until": NOON}
    placed = a_connection(**(values | changes)).rescheduled(now=NOON)
    expected = None if due_in_hours is None else NOON + timedelta(hours=due_in_hours)
    assert (placed.due_at, placed.schedule.reading_until) == (expected, NOON)


@pytest.mark.parametrize("status", sorted(ASLEEP))
def test_sleeping_connection_is_due_only_when_a_refresh_waits_for_its_check(
    status: ConnectionStatus,
) -> None:
    asleep = a_connection(status=status)
    assert asleep.rescheduled(now=NOON).due_at is None
    # Who removes a connection ends its refresh, too.
    expected = None if status in GONE else NOON + SECOND
    assert changed(asleep, check_at=NOON + SECOND).rescheduled(now=NOON).due_at == expected


def test_read_counts_as_many_calls_as_the_last_one_when_planned() -> None:
    for traits in TRAITS.values():
        assert calls_of(a_connection(calls_per_read_run=14), traits) == 14
        assert calls_of(a_connection(), traits) == traits.calls_per_read_run


def test_turn_is_spread_over_the_minute_when_it_is_full() -> None:
    pace = TurnCapacity(calls_per_minute=240, purchases_per_minute=240)
    delays = [pace.delay(calls) for calls in range(0, 240, 6)]
    assert (delays[0], delays[1], delays[-1]) == (0 * SECOND, 1.5 * SECOND, 58.5 * SECOND)
    assert pace.delay(10_000) == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("calls", "purchases", "is_full"),
    [(0, 0, False), (9, 1, False), (10, 0, True), (11, 0, True), (3, 2, True)],
)
def test_turn_is_full_when_either_limit_is_planned_for(
    calls: int, purchases: int, is_full: bool
) -> None:
    assert TurnCapacity(10, 2).is_full(calls=calls, purchases=purchases) is is_full


@pytest.mark.parametrize(("calls", "connections"), [(1, 1), (2, 1), (3, 1), (243, 121)])
def test_no_more_is_asked_for_than_a_turn_could_hold_when_reads_are_short(
    calls: int, connections: int
) -> None:
    assert TurnCapacity(calls, calls).most_connections == connections
