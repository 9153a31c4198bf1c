"""The event bus in memory."""

from collections.abc import Sequence

from freshet.domain.errors import QueueUnavailable
from freshet.domain.events import Event


class FakeBus:
    """The port Bus in memory: told to fail, it takes some of the events all the same."""

    def __init__(self) -> None:
        self.published: list[Event] = []
        self.failures = 0
        self.taken_before_failing = 0

    def publish(self, events: Sequence[Event]) -> None:
        if self.failures:
            self.failures -= 1
            self.published += events[: self.taken_before_failing]
            raise QueueUnavailable("event bus")
        self.published += events

    def kinds(self) -> list[str]:
        """Name what was told, in the order of telling."""
        return [str(event.kind) for event in self.published]
