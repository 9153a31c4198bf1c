"""What an examination looks at, in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from freshet.domain.health import Alarm, Pause
from tests.fakes.clock import FakeClock


class FakeHeartbeats:
    """The port Heartbeats in memory."""

    def __init__(self, clock: FakeClock) -> None:
        self.beaten: dict[str, datetime] = {}
        self._clock = clock

    def beat(self, name: str) -> None:
        self.beaten[name] = self._clock()

    def last(self, name: str) -> datetime | None:
        return self.beaten.get(name)


class FakeStanding:
    """The port ProviderStanding: its keys fit, unless it is given a failure."""

    calls_per_minute = 250

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.paused: Pause | None = None

    def try_keys(self) -> None:
        if self.failure is not None:
            raise self.failure

    def pause(self, *, now: datetime) -> Pause | None:
        return self.paused if self.paused and self.paused.until > now else None


class FakeAlarms:
    """The port Alarms in memory."""

    def __init__(self, *alarms: Alarm) -> None:
        self.alarms = alarms

    def all(self) -> Sequence[Alarm]:
        return self.alarms


class FakeProtection:
    """The port Protection in memory."""

    def __init__(self, **tables: bool) -> None:
        self.tables = tables

    def by_table(self) -> Mapping[str, bool]:
        return self.tables
