"""The part of a simulated provider's state that every provider has, behind one lock."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tests.patience import wait_for
from tests.simulators.common.exact_json import Document

DROPPED = "dropped"

type Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the real time; tests pass a clock of their own."""
    return datetime.now(UTC)


class SharedState:
    """A lock that wakes waiters, the provider's clock and the counters of requests."""

    def __init__(self, clock: Clock) -> None:
        self.requests: dict[str, dict[str, int]] = {}
        self.given_out: list[str] = []
        """Every secret that was ever told to the customer, also those that are void by now."""
        self._clock = clock
        self._changed = threading.Condition(threading.RLock())

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock, then wake whoever waits for a change."""
        with self._changed:
            yield
            self._changed.notify_all()

    def wait_until(self, condition: Callable[[], bool]) -> bool:
        """Wait for a condition on the state; False when nothing changes any more."""
        with self._changed:
            return wait_for(self._changed, condition)

    def now(self) -> datetime:
        """Return the provider's time."""
        return self._clock()

    def giving_out(self, secret: str) -> str:
        """Remember a secret that the customer is about to learn, and return it."""
        with self.changing():
            self.given_out.append(secret)
        return secret

    def count(self, operation: str, outcome: str) -> None:
        """Count one served request."""
        with self.changing():
            outcomes = self.requests.setdefault(operation, {})
            outcomes[outcome] = outcomes.get(outcome, 0) + 1


def requests_view(state: SharedState) -> Document:
    """Return how often each operation ended in each status."""
    operations = {name: dict(outcomes) for name, outcomes in state.requests.items()}
    return {
        "operations": operations,
        "total": sum(sum(outcomes.values()) for outcomes in operations.values()),
        "throttled": sum(outcomes.get("429", 0) for outcomes in operations.values()),
    }
