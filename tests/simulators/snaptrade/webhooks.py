"""The webhook sender: signs and posts to the one listener of the customer."""

from collections.abc import Callable

from tests.simulators.common.deliveries import Deliveries, Delivery, DeliveryRules
from tests.simulators.common.exact_json import Document, dumps
from tests.simulators.common.timers import Timers
from tests.simulators.snaptrade.events import event_time
from tests.simulators.snaptrade.injectors import Injectors
from tests.simulators.snaptrade.signature import webhook_signature
from tests.simulators.snaptrade.world import World

ACCEPTED_STATUSES = frozenset({200, 201, 202, 204})
# Documented: the first retry after 30 minutes, at most three; the doubling is our assumption.
RETRY_DELAYS_SECONDS = (30 * 60, 60 * 60, 120 * 60)


class WebhookSender:
    """Posts notifications to the one listener of the customer."""

    def __init__(self, *, world: World, timers: Timers) -> None:
        self.listener_url: str | None = None
        self.injectors = Injectors(seed=world.settings.seed)
        self._world = world
        rules = DeliveryRules(
            accepted_statuses=ACCEPTED_STATUSES,
            retry_delays_seconds=RETRY_DELAYS_SECONDS,
            time_scale=lambda: world.knobs.webhook_time_scale,
            timeout_seconds=lambda: world.knobs.webhook_timeout_seconds,
        )
        self._deliveries = Deliveries(rules=rules, timers=timers, clock=world.now)

    def send(
        self, document: Document, *, signature: str | None = None, delay_seconds: float = 0
    ) -> Delivery:
        """Log a notification and deliver it in the background; a given signature is sent as is."""
        delivery = self._delivery(document, signature=signature)
        knobs = self._world.knobs
        if self.injectors.is_lost(str(document.get("eventType"))):
            self._deliveries.keep(delivery, status="lost")
        elif self.injectors.is_holding:
            self._deliveries.keep(delivery, status="held")
            self.injectors.hold(delivery)
        else:
            delay_seconds += knobs.webhook_delay_seconds
            copies = knobs.webhook_copies
            self._deliveries.start(delivery, delay_seconds=delay_seconds, copies=copies)
        return delivery

    def release(self, order: str) -> int:
        """Deliver what was held, one after the other; returns how many."""
        released = self.injectors.release(order)
        self._deliveries.start_in_order(released)
        return len(released)

    def redeliver(self, webhook_id: str, *, times: int = 1) -> int:
        """Send the same bytes again, now; returns how many deliveries were started."""
        return self._deliveries.redeliver(webhook_id, times=times)

    def deliveries(self) -> list[Delivery]:
        """Return the log, oldest first."""
        return self._deliveries.log()

    def wait_until(self, condition: Callable[[], bool]) -> bool:
        """Wait for a condition on the log; False when nothing changes any more."""
        return self._deliveries.wait_until(condition)

    def _delivery(self, document: Document, *, signature: str | None) -> Delivery:
        body = dumps(document).encode()
        delivery = Delivery(
            webhook_id=str(document.get("webhookId")),
            subject=_subject(document),
            body=body,
            url=lambda: self.listener_url,
            headers=lambda: {"Signature": signature or self._signature(delivery.body)},
        )
        if "eventTimestamp" in document:
            delivery.renewed = lambda: self._restamped(document, body)
        return delivery

    def _signature(self, body: bytes) -> str:
        # Each try is signed with the key of its moment; what a rotation does to retries is
        # not documented.
        return webhook_signature(self._world.keys.current, body)

    def _restamped(self, document: Document, body: bytes) -> bytes:
        # Nothing says that retries are stamped anew, so it is a switch.
        if not self._world.knobs.webhook_restamps_retries:
            return body
        return dumps(document | {"eventTimestamp": event_time(self._world)}).encode()


def _subject(document: Document) -> Document:
    connection_id = document.get("brokerageAuthorizationId") or document.get("connectionId")
    return {
        "event_type": str(document.get("eventType")),
        "connection_id": connection_id,
        "account_id": document.get("accountId"),
    }
