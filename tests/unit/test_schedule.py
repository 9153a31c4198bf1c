"""What is due, which turn it gets, and how turns are paced."""

from datetime import timedelta

import pytest

from freshet.domain.connection import ASLEEP, Cadence, Connection, ConnectionStatus, DataMode
from freshet.domain.provider import Provider
from freshet.domain.schedule import CALLS_PER_VISIT, HEADROOM, Pace, Turn, turn_for
from tests.builders import NOON, a_connection

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
        (_wanting(refresh_forbidden=True), Turn.READ),
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
        ({"next_read_at": NOON + timedelta(hours=5), "marks": {"account-1": NOON}}, 0),
        ({"next_read_at": NOON + timedelta(hours=5), "paused": True}, None),
        ({"paused": True, "marks": {"account-1": NOON}}, 0),
        ({"status": ConnectionStatus.NEEDS_USER, "marks": {"*": NOON}}, 0),
    ],
)
def test_connection_takes_its_true_place_when_work_on_it_ends(
    changes: dict[str, object], due_in_hours: int | None
) -> None:
    values = {"next_refresh_at": NOON + timedelta(hours=3), "reading_until": NOON}
    placed = a_connection(**(values | changes)).rescheduled(now=NOON)
    expected = None if due_in_hours is None else NOON + timedelta(hours=due_in_hours)
    assert (placed.due_at, placed.reading_until) == (expected, NOON)


@pytest.mark.parametrize("status", sorted(ASLEEP))
def test_sleeping_connection_is_due_only_when_a_refresh_waits_for_its_check(
    status: ConnectionStatus,
) -> None:
    asleep = a_connection(status=status)
    assert asleep.rescheduled(now=NOON).due_at is None
    assert asleep.rescheduled(now=NOON, check_at=NOON + SECOND).due_at == NOON + SECOND


@pytest.mark.parametrize(
    ("provider", "requests_per_minute", "per_minute"),
    [
        (Provider.SNAPTRADE, 250, 40),
        (Provider.PLAID, 200, 96),
        *((each, HEADROOM + CALLS_PER_VISIT[each], 1) for each in Provider),
        *((each, HEADROOM + 2 * CALLS_PER_VISIT[each], 2) for each in Provider),
        *((each, few, 1) for each in Provider for few in (1, 0)),
    ],
)
def test_turn_leaves_headroom_when_it_spends_the_quota(
    provider: Provider, requests_per_minute: int, per_minute: int
) -> None:
    assert Pace.for_quota(provider, requests_per_minute).per_minute == per_minute


def test_turn_is_spread_over_the_minute_when_it_is_full() -> None:
    pace = Pace(per_minute=40)
    delays = [pace.delay(position) for position in range(40)]
    assert delays[0] == timedelta(0)
    assert delays[-1] < timedelta(minutes=1)
    assert {later - one for one, later in zip(delays, delays[1:], strict=False)} == {
        timedelta(seconds=1.5)
    }
