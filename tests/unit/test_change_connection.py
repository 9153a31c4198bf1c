"""Pause and cadence: bounds by name, and a plan that follows."""

from copy import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import InvalidField, NotFound
from freshet.domain.provider import Provider
from freshet.domain.provider_limits import LONGEST_CADENCE
from freshet.registry import TRAITS
from freshet.services.change_connection import ConnectionChange, change_connection
from tests.builders import CONNECTION_ID, NOON, USER
from tests.unit.stage import Stage

HOUR = timedelta(hours=1)
DAILY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


def _change(stage: Stage, **changes: Any) -> Connection:
    values: dict[str, Any] = {"user_id": USER, "connection_id": CONNECTION_ID}
    change = ConnectionChange(**(values | changes))
    return change_connection(
        change, connections=stage.connections, traits=stage.traits, clock=stage.clock
    )


def test_connection_leaves_the_index_when_it_is_paused() -> None:
    stage = Stage()
    changed = _change(stage, paused=True)
    assert (changed.paused, changed.due_at) == (True, None)
    assert changed.schedule.next_read_at == NOON + 23 * HOUR
    stage.later(days=3)
    assert stage.plan() == 0


def test_connection_is_due_as_before_when_it_is_no_longer_paused() -> None:
    stage = Stage()
    before = stage.connection
    _change(stage, paused=True)
    after = _change(stage, paused=False)
    assert replace(after, version=before.version) == before


def test_connection_is_read_at_once_when_its_time_came_while_paused() -> None:
    stage = Stage()
    _change(stage, paused=True)
    stage.later(days=3)
    _change(stage, paused=False)
    assert stage.plan() == 1


@pytest.mark.parametrize("paused", [True, False])
def test_row_is_not_written_when_nothing_changes(paused: bool) -> None:
    stage = Stage(paused=paused, due_at=None if paused else NOON)
    before = stage.connection
    same = _change(stage, paused=paused, read_every=DAILY, is_buying_ended=True)
    assert same == before
    assert _change(stage) == before


@pytest.mark.parametrize("paused", [True, False])
def test_open_refresh_is_looked_after_when_its_connection_is_paused_or_not(paused: bool) -> None:
    stage = Stage()
    stage.buy()
    check_at = stage.connection.due_at
    assert _change(stage, paused=paused).due_at == check_at
    stage.later(minutes=1)
    assert stage.plan() == 1


@pytest.mark.parametrize(
    ("next_read_at", "every", "planned"),
    [
        (NOON + 23 * HOUR, 6 * HOUR, NOON + 6 * HOUR),
        (NOON + 2 * HOUR, 6 * HOUR, NOON + 2 * HOUR),
        (NOON + 2 * HOUR, 48 * HOUR, NOON + 2 * HOUR),
        (NOON - HOUR, 6 * HOUR, NOON - HOUR),
        (None, 6 * HOUR, NOON),
    ],
)
def test_next_read_is_never_later_than_the_new_cadence_when_it_changes(
    next_read_at: datetime | None, every: timedelta, planned: datetime
) -> None:
    stage = Stage(next_read_at=next_read_at, due_at=next_read_at)
    changed = _change(stage, read_every=every)
    assert (changed.schedule.next_read_at, changed.due_at) == (planned, planned)
    assert changed.cadence == Cadence(read_every=every, refresh_every=None)


@pytest.mark.parametrize(
    ("last", "planned_before", "every", "planned"),
    [
        (None, None, DAILY, NOON),
        (NOON - 20 * HOUR, None, DAILY, NOON + 4 * HOUR),
        (NOON - 50 * HOUR, None, DAILY, NOON),
        (NOON - 20 * HOUR, NOON + 4 * HOUR, 6 * HOUR, NOON),
        (NOON - HOUR, NOON + 5 * HOUR, DAILY, NOON + 23 * HOUR),
        (None, NOON + 5 * HOUR, DAILY, NOON + 5 * HOUR),
        (None, NOON + 20 * HOUR, 6 * HOUR, NOON + 6 * HOUR),
    ],
)
def test_next_refresh_follows_the_last_purchase_when_buying_is_planned(
    last: datetime | None, planned_before: datetime | None, every: timedelta, planned: datetime
) -> None:
    before = Cadence(refresh_every=12 * HOUR if planned_before else None)
    stage = Stage(cadence=before, last_purchase_at=last, next_refresh_at=planned_before)
    changed = _change(stage, refresh_every=every)
    assert changed.cadence.refresh_every == every
    assert changed.purchases.next_refresh_at == planned <= NOON + every
    assert changed.schedule.next_read_at == NOON + 23 * HOUR
    assert changed.due_at == min(planned, NOON + 23 * HOUR)


def test_nothing_more_is_bought_when_the_cadence_is_taken_away() -> None:
    stage = Stage(
        cadence=Cadence(refresh_every=DAILY), next_refresh_at=NOON + HOUR, due_at=NOON + HOUR
    )
    changed = _change(stage, is_buying_ended=True)
    assert (changed.cadence.refresh_every, changed.purchases.next_refresh_at) == (None, None)
    assert changed.due_at == NOON + 23 * HOUR


def test_retry_stays_planned_when_only_the_reading_changes() -> None:
    stage = Stage(cadence=Cadence(refresh_every=DAILY), next_refresh_at=NOON + 12 * HOUR)
    changed = _change(stage, read_every=6 * HOUR, refresh_every=DAILY)
    assert changed.purchases.next_refresh_at == NOON + 12 * HOUR


def test_cadence_is_kept_out_of_the_index_when_the_connection_sleeps() -> None:
    stage = Stage(status=ConnectionStatus.NEEDS_USER, due_at=None)
    changed = _change(stage, paused=False, read_every=6 * HOUR, refresh_every=DAILY)
    assert changed.due_at is None
    assert changed.cadence == Cadence(6 * HOUR, DAILY)


@pytest.mark.parametrize("provider", Provider)
@pytest.mark.parametrize("field", ["read_every", "refresh_every"])
def test_field_and_bound_are_named_when_a_cadence_is_impolite(
    provider: Provider, field: str
) -> None:
    stage = Stage(provider=provider)
    limits = TRAITS[provider].limits
    shortest = {
        "read_every": limits.shortest_read_cadence,
        "refresh_every": limits.shortest_refresh_cadence,
    }[field]
    before = stage.connection
    for every in (timedelta(0), shortest - SECOND, LONGEST_CADENCE + SECOND):
        with pytest.raises(InvalidField) as refused:
            _change(stage, paused=True, **{field: every})
        assert refused.value.field == f"cadence.{field}"
        assert f"from PT{shortest // HOUR}H to PT720H" in refused.value.reason
    assert stage.connection == before
    for every in (shortest, LONGEST_CADENCE):
        assert getattr(_change(stage, **{field: every}).cadence, field) == every


def test_connection_is_not_found_when_it_is_another_users() -> None:
    with pytest.raises(NotFound):
        _change(Stage(), user_id="user-2", paused=True)
