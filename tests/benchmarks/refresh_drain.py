"""How much of the provider's limit a sweep uses, and how long a person waits meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from statistics import median, quantiles

from freshet.domain.refresh_request import RefreshRequest
from freshet.observability import metrics
from freshet.services.plan_turn import plan_turn
from freshet.services.refresh_records import RequestRefreshDependencies
from freshet.services.request_refresh import request_refresh
from freshet.services.take_snapshots import take_snapshots
from tests.benchmarks.refresh_provider import LimitedProvider, bodies_at
from tests.benchmarks.refresh_stage import RefreshStage
from tests.benchmarks.virtual_time import VirtualTime
from tests.builders import NOON

CONNECTIONS, CALLS_PER_READ, LIMIT = 2_000, 6, 250
_MINUTE = timedelta(minutes=1)
_POLL = timedelta(milliseconds=50)  # SQS hands a message over as soon as somebody asks for it
_MOST_MINUTES = 600
_SEED = 20_261_120


@dataclass(frozen=True, slots=True)
class Drain:
    """One sweep over everything that is due."""

    workers: int
    minutes: float
    rate_to_limit: float
    rate_of_first_95_percent: float
    calls_per_minute: float
    throttled: int
    reads_postponed: int
    limiter_requests_per_call: float
    person_waits: tuple[float, ...] = ()

    @property
    def person_median_seconds(self) -> float:
        """Give the usual wait of a person."""
        return round(median(self.person_waits), 2)

    @property
    def person_p95_seconds(self) -> float:
        """Give the wait that one in twenty persons exceeds."""
        return round(quantiles(self.person_waits, n=20)[-1], 2)


class _Sweep:
    """The planner, some workers and perhaps persons, until nothing is left to read."""

    def __init__(self, bodies: dict[str, bytes], workers: int) -> None:
        self.time = VirtualTime(NOON)
        self.provider = LimitedProvider(self.time, LIMIT, bodies, _SEED)
        self.stage = RefreshStage(self.time, self.provider)
        self.left = {
            self.stage.add(number, due_at=NOON - timedelta(seconds=number)).id
            for number in range(CONNECTIONS)
        }
        self.finished_at = NOON
        self.ends: list[datetime] = []
        self.postponed = 0
        self.waits: list[float] = []
        self.time.start(self._plan)
        for _ in range(workers):
            self.time.start(self._work)

    def _plan(self) -> None:
        planning = self.stage.planning()
        while self.left and self.time() < NOON + _MOST_MINUTES * _MINUTE:
            plan_turn(deps=planning)
            self.time.wait(_MINUTE)

    def _work(self) -> None:
        reading = self.stage.reading()
        while self.left:
            command = self.stage.reads.take()
            if command is None:
                self.time.wait(_POLL)
                continue
            take_snapshots(command, deps=reading)
            metrics.clear_metrics()  # as at the end of every invocation
            self._note(command.user_id, command.connection_id)

    def _note(self, user_id: str, connection_id: str) -> None:
        if self.stage.connections.get(user_id, connection_id).schedule.calls_per_read_run is None:
            self.postponed += 1
        elif connection_id in self.left:
            self.left.remove(connection_id)
            self.finished_at = self.time()
            self.ends.append(self.finished_at)

    def press_refresh_every(self, pause: timedelta) -> None:
        """Add persons, each with a connection of their own."""
        self.time.start(lambda: self._press(pause))

    def _press(self, pause: timedelta) -> None:
        requesting, number = self.stage.requesting(_SEED), CONNECTIONS
        while self.left:
            self.time.wait(pause)
            number += 1
            connection = self.stage.add(number, due_at=NOON + timedelta(days=1))
            request = RefreshRequest(
                user_id=connection.user_id, connection_id=connection.id, actor=connection.user_id
            )
            self.time.start(partial(self._refresh, request, requesting))

    def _refresh(self, request: RefreshRequest, requesting: RequestRefreshDependencies) -> None:
        pressed_at = self.time()
        request_refresh(request, deps=requesting)
        self.waits.append((self.provider.bought_at[-1] - pressed_at).total_seconds())


def drain(workers: int, *, press_every: timedelta | None = None) -> Drain:
    """Let a number of workers read everything that is due; perhaps persons press refresh."""
    sweep = _Sweep(bodies_at(NOON), workers)
    if press_every is not None:
        sweep.press_refresh_every(press_every)
    sweep.time.run()
    minutes = (sweep.finished_at - NOON) / _MINUTE
    return Drain(
        workers=workers,
        minutes=round(minutes, 2),
        rate_to_limit=round(CONNECTIONS * CALLS_PER_READ / (minutes * LIMIT), 4),
        rate_of_first_95_percent=round(_rate(sweep.ends[: CONNECTIONS * 95 // 100]), 4),
        calls_per_minute=round(sweep.provider.served / minutes, 1),
        throttled=sweep.provider.throttled,
        reads_postponed=sweep.postponed,
        limiter_requests_per_call=round(sweep.stage.bucket.updates / sweep.provider.served, 3),
        person_waits=tuple(sweep.waits),
    )


def _rate(ends: list[datetime]) -> float:
    return len(ends) * CALLS_PER_READ / ((ends[-1] - NOON) / _MINUTE * LIMIT)
