"""No setting breaks a provider's limits: days of connections that the schedule alone reads."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freshet.domain.account import AccountReport
from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.errors import InvalidField
from freshet.domain.provider import Provider
from freshet.domain.provider_limits import LONGEST_CADENCE
from freshet.domain.transaction_windows import WindowRead
from freshet.registry import TRAITS
from freshet.services.change_connection import ConnectionChange, change_connection
from tests.builders import USER, an_account_report
from tests.depth import many
from tests.fakes import FakeProvider, FakeProviders, FakeSession
from tests.unit.crowd import add_connection
from tests.unit.stage import Stage

DAYS = 4
TURN = timedelta(minutes=20)
# As SnapTrade asks; written out, because the table itself is under test.
MOST_READS, MOST_ACTIVITIES = 4, 1
SHORTEST = TRAITS[Provider.SNAPTRADE].limits.shortest_read_cadence


class _Watched(FakeSession):
    """Notes each pass over accounts and each read of activities, by UTC day."""

    def __init__(
        self,
        provider: FakeProvider,
        day: date,
        passes: Counter[date],
        activities: Counter[tuple[date, str]],
    ) -> None:
        super().__init__(provider)
        self._day, self._passes, self._activities = day, passes, activities

    def accounts(self) -> list[AccountReport]:
        self._passes[self._day] += 1
        synced_on = self._day - timedelta(days=1)
        changes = {"transactions_synced_on": synced_on}
        return [
            an_account_report(provider_account_id=each.provider_account_id, **changes)
            for each in super().accounts()
        ]

    def transactions(self, account: AccountReport, *, since: date | None) -> WindowRead:
        self._activities[self._day, account.provider_account_id] += 1
        return super().transactions(account, since=since)


class _WatchedProviders(FakeProviders):
    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.by_connection = stage.providers.by_connection
        self.passes: Counter[date] = Counter()
        self.activities: Counter[tuple[date, str]] = Counter()
        self._clock = stage.clock

    def open(self, connection: Connection) -> FakeSession:
        provider = self.by_connection[connection.link.provider_connection_id]
        return _Watched(provider, self._clock.now.date(), self.passes, self.activities)


def _days_of(cadences: list[timedelta]) -> _WatchedProviders:
    stage = Stage(due_at=None)
    for number, read_every in enumerate(cadences):
        cadence = Cadence(read_every=read_every)
        add_connection(stage, number, user_id=USER, cadence=cadence, status_read_at=None)
    stage.providers = watched = _WatchedProviders(stage)
    first_loads = len(cadences)
    for _ in range(DAYS * timedelta(days=1) // TURN):
        stage.plan()
        stage.drain()
        if first_loads:
            # They do not count: what follows does.
            watched.passes.clear()
            watched.activities.clear()
            first_loads = 0
        stage.clock.advance(TURN)
    return watched


@settings(max_examples=many(in_gate=6, deep=100))
@given(
    st.lists(st.timedeltas(min_value=SHORTEST, max_value=timedelta(days=2)), min_size=1, max_size=6)
)
def test_schedule_stays_polite_when_a_user_has_any_connections_at_any_cadence(
    cadences: list[timedelta],
) -> None:
    watched = _days_of(cadences)
    assert watched.passes
    assert max(watched.passes.values()) <= MOST_READS
    assert max(watched.activities.values()) <= MOST_ACTIVITIES


def test_all_reads_of_a_day_are_used_when_the_cadence_asks_for_them() -> None:
    watched = _days_of([SHORTEST] * 3)
    days = sorted(watched.passes)[1:-1]
    assert [watched.passes[day] for day in days] == [MOST_READS] * len(days)


@pytest.mark.parametrize("provider", Provider)
@pytest.mark.parametrize("field", ["read_every", "refresh_every"])
def test_cadence_is_refused_by_name_when_it_is_rude_or_absurd(
    field: str, provider: Provider
) -> None:
    stage = Stage(provider=provider)
    name = "shortest_read_cadence" if field == "read_every" else "shortest_refresh_cadence"
    shortest: timedelta = getattr(TRAITS[provider].limits, name)
    second = timedelta(seconds=1)
    for absurd in (timedelta(0), -shortest, shortest - second, LONGEST_CADENCE + second):
        with pytest.raises(InvalidField, match=f"cadence.{field}"):
            _set(stage, **{field: absurd})
    for polite in (shortest, LONGEST_CADENCE):
        assert getattr(_set(stage, **{field: polite}).cadence, field) == polite


def _set(stage: Stage, **cadence: Any) -> Connection:
    change = ConnectionChange(user_id=USER, connection_id=stage.connection.id, **cadence)
    return change_connection(
        change, connections=stage.connections, traits=stage.traits, clock=stage.clock
    )
