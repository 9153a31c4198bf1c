"""The webhook sender: signs, delivers, retries, and keeps a log."""

import http.client
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from tests.sandbox.snaptrade.exact_json import Document, dumps
from tests.sandbox.snaptrade.signature import webhook_signature
from tests.sandbox.snaptrade.timers import Timers
from tests.sandbox.snaptrade.world import World

ACCEPTED_STATUSES = {200, 201, 202, 204}
# Documented: the first retry after 30 minutes, at most three; the doubling is our assumption.
RETRY_DELAYS_SECONDS = (30 * 60, 60 * 60, 120 * 60)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver."""

    at: datetime
    status: int | None
    error: str | None = None


@dataclass(slots=True)
class Delivery:
    """One notification and its tries; status is pending, delivered, exhausted or undelivered."""

    webhook_id: str
    event_type: str
    connection_id: str | None
    account_id: str | None
    body: bytes
    signature: str
    status: str = "pending"
    retries: int = 0
    attempts: list[Attempt] = field(default_factory=list)

    def to_document(self) -> Document:
        """Return the log entry; the body carries a secret and stays out."""
        attempts = [asdict(item) | {"at": item.at.isoformat()} for item in self.attempts]
        return {
            "webhook_id": self.webhook_id,
            "event_type": self.event_type,
            "connection_id": self.connection_id,
            "account_id": self.account_id,
            "status": self.status,
            "attempts": attempts,
        }


class WebhookSender:
    """Posts notifications to the one listener of the customer."""

    def __init__(self, *, world: World, timers: Timers) -> None:
        self.listener_url: str | None = None
        self._world = world
        self._timers = timers
        self._log: list[Delivery] = []
        self._changed = threading.Condition()

    def send(
        self, document: Document, *, signature: str | None = None, delay_seconds: float = 0
    ) -> Delivery:
        """Log a notification and deliver it in the background; a given signature is sent as is."""
        body = dumps(document).encode()
        consumer_key = self._world.settings.consumer_key
        delivery = Delivery(
            webhook_id=str(document.get("webhookId")),
            event_type=str(document.get("eventType")),
            connection_id=document.get("brokerageAuthorizationId") or document.get("connectionId"),
            account_id=document.get("accountId"),
            body=body,
            signature=webhook_signature(consumer_key, body) if signature is None else signature,
        )
        with self._changed:
            self._log.append(delivery)
        self._timers.after(delay_seconds, lambda: self._deliver(delivery))
        return delivery

    def redeliver(self, webhook_id: str, *, times: int = 1) -> int:
        """Send the same bytes again, now; returns how many deliveries were started."""
        matching = [item for item in self.deliveries() if item.webhook_id == webhook_id]
        if not matching:
            return 0
        for _ in range(times):
            self._timers.after(0, lambda: self._deliver(matching[-1], is_scheduled=False))
        return times

    def deliveries(self) -> list[Delivery]:
        """Return the log, oldest first."""
        with self._changed:
            return list(self._log)

    def wait_until(self, condition: Callable[[], bool], *, timeout_seconds: float = 5) -> bool:
        """Wait for a condition on the log; False when time is up."""
        with self._changed:
            return self._changed.wait_for(condition, timeout_seconds)

    def _deliver(self, delivery: Delivery, *, is_scheduled: bool = True) -> None:
        url = self.listener_url
        attempt = None if url is None else self._post(url, delivery)
        with self._changed:
            if attempt is not None:
                delivery.attempts.append(attempt)
            self._conclude(delivery, attempt, is_scheduled=is_scheduled)
            self._changed.notify_all()

    def _conclude(self, delivery: Delivery, attempt: Attempt | None, *, is_scheduled: bool) -> None:
        if attempt is not None and attempt.status in ACCEPTED_STATUSES:
            delivery.status = "delivered"
        elif delivery.status == "delivered" or not is_scheduled:
            return
        elif attempt is None:
            delivery.status = "undelivered"
        elif delivery.retries == len(RETRY_DELAYS_SECONDS):
            delivery.status = "exhausted"
        else:
            delay_seconds = RETRY_DELAYS_SECONDS[delivery.retries]
            delivery.retries += 1
            scaled = delay_seconds * self._world.knobs.webhook_time_scale
            self._timers.after(scaled, lambda: self._deliver(delivery))

    def _post(self, url: str, delivery: Delivery) -> Attempt:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(parts.netloc, timeout=self._world.knobs.webhook_timeout_seconds)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/json", "Signature": delivery.signature}
        started_at = self._world.now()
        try:
            connection.request("POST", target, body=delivery.body, headers=headers)
            return Attempt(started_at, connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return Attempt(started_at, None, type(error).__name__)
        finally:
            connection.close()
