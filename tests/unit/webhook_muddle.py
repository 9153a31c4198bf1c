"""One day played twice: as it happened, and as a careless network would tell of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from freshet.domain.errors import NotFound
from freshet.domain.webhooks import WebhookEvent
from freshet.services.replay_webhooks import replay_connection, replay_event, replay_parked
from freshet.services.take_snapshots import take_snapshots
from tests.replacing import InPlaceOf
from tests.unit.webhook_day import PROVIDERS, Day, What

Happening = tuple[str, What]


@dataclass(frozen=True)
class Course:
    """When the events of a day are delivered, by steps of lateness, and what else is done."""

    lateness: list[list[int]]
    errands: list[tuple[int, str, bool]] = field(default_factory=list)


def end_of(day: Day) -> dict[str, Any]:
    """What is known once all is quiet; content only where the provider still shows it."""
    rows = {row.link.provider_connection_id: row for row in day.connections.rows.values()}
    names = {(row.user_id, row.id): name for name, row in rows.items()}
    shown = set(rows) - day.broken - day.ended
    accounts = [each for name in shown for each in day.accounts.of_connection(rows[name])]
    latest = {
        each.report.provider_account_id: day.snapshots.latest(each.user_id, each.id)
        for each in accounts
    }
    return {
        "status": {name: (row.link.status, row.link.expiry) for name, row in rows.items()},
        "pending": {name: row.pending for name, row in rows.items() if row.pending},
        "holdings": {
            name: row and (row.holdings, row.broker_as_of) for name, row in latest.items()
        },
        "failed_parts": {each.report.provider_account_id: each.failed_parts for each in accounts},
        "claimed": {key: owner and names.get(owner) for key, (_, owner) in day.inbox.rows.items()},
        "parked": set(day.inbox.waiting),
    }


def play_tidily(happenings: list[Happening]) -> Day:
    """Every event is delivered once and at once, and worked before anything else happens."""
    day = Day()
    for number, (name, what) in enumerate(happenings):
        day.later(seconds=1)
        event = day.happen(name, what, number)
        day.later(seconds=1)
        if event is not None:
            day.hear(event)
        day.later(seconds=1)
        day.drain()
    return day


class Muddle:
    """The same day, its events late, repeated and out of order, amid reads and replays."""

    def __init__(self, happenings: list[Happening], course: Course) -> None:
        self.day = Day()
        self._storing = InPlaceOf(self.day.snapshots.store)
        self._events: dict[int, WebhookEvent] = {}
        self._steps = iter(self._in_order(happenings, course))

    def play(self) -> Day:
        """Do one thing after the other."""
        for step in self._steps:
            self.day.later(seconds=1)
            step()
        return self.day

    def _in_order(
        self, happenings: list[Happening], course: Course
    ) -> Iterator[Callable[[], None]]:
        planned: list[tuple[int, int, Callable[[], None]]] = []
        for number, happening in enumerate(happenings):
            planned.append((number, 0, self._happening(number, *happening)))
            for late in course.lateness[number]:
                planned.append((number + late, 1, self._delivery(number)))
        for at, errand, is_amid in course.errands:
            planned.append((at, 2, self._errand(errand, is_amid)))
        return (step for _, _, step in sorted(planned, key=lambda each: each[:2]))

    def _happening(self, number: int, name: str, what: What) -> Callable[[], None]:
        def step() -> None:
            event = self.day.happen(name, what, number)
            if event is not None:
                self._events[number] = event

        return step

    def _delivery(self, number: int) -> Callable[[], None]:
        def step() -> None:
            if number in self._events:
                self.day.hear(self._events[number])

        return step

    def _errand(self, errand: str, is_amid: bool) -> Callable[[], None]:
        def step() -> None:
            if is_amid:
                self._interrupt_next_store()
            ERRANDS[errand](self.day)

        return step

    def _interrupt_next_store(self) -> None:
        def store_after_another_step(*given: Any, **named: Any) -> bool:
            self._storing.put_back()
            self.day.later(seconds=1)
            next(self._steps, lambda: None)()
            self.day.later(seconds=1)
            return self.day.snapshots.store(*given, **named)

        self._storing.put(store_after_another_step)


def _drain_backwards(day: Day) -> None:
    for order in reversed(day.reads.drain()):
        day.later(seconds=1)
        take_snapshots(order, deps=day.reading)


def _lose_reads(day: Day) -> None:
    day.reads.drain()


def _plan(day: Day) -> None:
    day.later(minutes=3)
    day.plan()


def _replay(day: Day) -> None:
    """An operator has everything worked again that there is."""
    for provider, event_id in list(day.inbox.rows):
        replay_event(provider, event_id, deps=day.processing)
    for name, provider in PROVIDERS.items():
        try:
            replay_connection(provider, name, deps=day.processing)
        except NotFound:
            replay_parked(provider, deps=day.processing)


ERRANDS: dict[str, Callable[[Day], None]] = {
    "drain": Day.drain,
    "drain_backwards": _drain_backwards,
    "lose_reads": _lose_reads,
    "plan": _plan,
    "replay": _replay,
}
