"""The delivery of webhooks: attempts, retries and a log."""

import http.client
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tests.patience import wait_for
from tests.simulators.common.exact_json import Document
from tests.simulators.common.state import Clock
from tests.simulators.common.timers import Timers

# Less than this share accepted is more than 90 % rejected.
BREAKER_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """What a provider takes for success, and when it tries again."""

    accepted_statuses: frozenset[int]
    retry_delays_seconds: tuple[float, ...]
    time_scale: Callable[[], float]
    timeout_seconds: Callable[[], float]
    # After this many attempts in a day, more than nine of ten refused end all retries; 0 is never.
    breaker_minimum: Callable[[], int] = lambda: 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver."""

    at: datetime
    status: int | None
    error: str | None = None


@dataclass(slots=True)
class Delivery:
    """One notification and its tries.

    Its status is pending, delivered, exhausted or undelivered, or held or lost by order of a test.
    `url` and `headers` are asked at each try, so a provider may sign anew; `renewed` is asked for
    another body at each retry; `subject` is what the log tells about the event.
    """

    webhook_id: str
    subject: Document
    body: bytes
    url: Callable[[], str | None]
    headers: Callable[[], Mapping[str, str]]
    status: str = "pending"
    retries: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    sent_headers: Mapping[str, str] = field(default_factory=dict)
    renewed: Callable[[], bytes] | None = None

    def to_document(self) -> Document:
        """Return the log entry; the body may carry a secret and stays out."""
        attempts = [asdict(item) | {"at": item.at.isoformat()} for item in self.attempts]
        entry = {"webhook_id": self.webhook_id, **self.subject}
        return entry | {"status": self.status, "attempts": attempts}


class Deliveries:
    """Delivers in the background and remembers everything."""

    def __init__(self, *, rules: DeliveryRules, timers: Timers, clock: Clock) -> None:
        self._rules = rules
        self._timers = timers
        self._clock = clock
        self._log: list[Delivery] = []
        self._changed = threading.Condition()

    def start(self, delivery: Delivery, *, delay_seconds: float = 0, copies: int = 1) -> None:
        """Log a delivery and make its first try, or several at once, after the delay."""
        with self._changed:
            self._log.append(delivery)
        for _ in range(copies):
            self._timers.after(delay_seconds, lambda: self._deliver(delivery))

    def keep(self, delivery: Delivery, *, status: str) -> None:
        """Log a delivery that nobody makes, at least for now."""
        delivery.status = status
        with self._changed:
            self._log.append(delivery)

    def start_in_order(self, kept: Sequence[Delivery]) -> None:
        """Make the first try of each kept delivery, one after the other."""
        for delivery in kept:
            delivery.status = "pending"
        self._timers.after(0, lambda: self._deliver_each(kept))

    def redeliver(self, webhook_id: str, *, times: int = 1, is_replay: bool = False) -> int:
        """Send the same body again, now; returns how many deliveries were started.

        A replay repeats the headers of the last try too.
        """
        matching = [item for item in self.log() if item.webhook_id == webhook_id]
        if not matching:
            return 0
        for _ in range(times):
            self._timers.after(0, lambda: self._repeat(matching[-1], is_replay=is_replay))
        return times

    def log(self) -> list[Delivery]:
        """Return every delivery, oldest first."""
        with self._changed:
            return list(self._log)

    def wait_until(self, condition: Callable[[], bool]) -> bool:
        """Wait for a condition on the log; False when nothing changes any more."""
        with self._changed:
            return wait_for(self._changed, condition)

    def _deliver_each(self, kept: Sequence[Delivery]) -> None:
        for delivery in kept:
            self._deliver(delivery)

    def _retry(self, delivery: Delivery) -> None:
        if delivery.renewed is not None:
            delivery.body = delivery.renewed()
        self._deliver(delivery)

    def _repeat(self, delivery: Delivery, *, is_replay: bool) -> None:
        headers = delivery.sent_headers if is_replay else delivery.headers()
        self._deliver(delivery, headers=headers, is_scheduled=False)

    def _deliver(
        self,
        delivery: Delivery,
        *,
        headers: Mapping[str, str] | None = None,
        is_scheduled: bool = True,
    ) -> None:
        url = delivery.url()
        delivery.sent_headers = delivery.headers() if headers is None else headers
        attempt = None if url is None else self._post(url, delivery)
        with self._changed:
            if attempt is not None:
                delivery.attempts.append(attempt)
            self._conclude(delivery, attempt, is_scheduled=is_scheduled)
            self._changed.notify_all()

    def _conclude(self, delivery: Delivery, attempt: Attempt | None, *, is_scheduled: bool) -> None:
        delays_seconds = self._rules.retry_delays_seconds
        if attempt is not None and attempt.status in self._rules.accepted_statuses:
            delivery.status = "delivered"
        elif delivery.status == "delivered" or not is_scheduled:
            return
        elif attempt is None:
            delivery.status = "undelivered"
        elif delivery.retries == len(delays_seconds) or self._is_breaker_open():
            delivery.status = "exhausted"
        else:
            scaled = delays_seconds[delivery.retries] * self._rules.time_scale()
            delivery.retries += 1
            self._timers.after(scaled, lambda: self._retry(delivery))

    def _is_breaker_open(self) -> bool:
        minimum = self._rules.breaker_minimum()
        if minimum == 0:
            return False
        day_ago = self._clock() - timedelta(days=1)
        recent = [
            attempt.status in self._rules.accepted_statuses
            for delivery in self._log
            for attempt in delivery.attempts
            if attempt.at > day_ago
        ]
        return len(recent) >= minimum and sum(recent) < len(recent) * BREAKER_SHARE

    def _post(self, url: str, delivery: Delivery) -> Attempt:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(parts.netloc, timeout=self._rules.timeout_seconds())
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/json", **delivery.sent_headers}
        started_at = self._clock()
        try:
            connection.request("POST", target, body=delivery.body, headers=headers)
            return Attempt(started_at, connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return Attempt(started_at, None, type(error).__name__)
        finally:
            connection.close()
