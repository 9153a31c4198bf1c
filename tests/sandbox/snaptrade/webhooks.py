"""The webhook sender: signs once and posts to the one listener of the customer."""

from collections.abc import Callable

from tests.sandbox.simulation.deliveries import Deliveries, Delivery, DeliveryRules
from tests.sandbox.simulation.exact_json import Document, dumps
from tests.sandbox.simulation.timers import Timers
from tests.sandbox.snaptrade.signature import webhook_signature
from tests.sandbox.snaptrade.world import World

ACCEPTED_STATUSES = frozenset({200, 201, 202, 204})
# Documented: the first retry after 30 minutes, at most three; the doubling is our assumption.
RETRY_DELAYS_SECONDS = (30 * 60, 60 * 60, 120 * 60)


class WebhookSender:
    """Posts notifications to the one listener of the customer."""

    def __init__(self, *, world: World, timers: Timers) -> None:
        self.listener_url: str | None = None
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
        body = dumps(document).encode()
        signed = signature
        if signed is None:
            signed = webhook_signature(self._world.settings.consumer_key, body)
        subject = {
            "event_type": str(document.get("eventType")),
            "connection_id": document.get("brokerageAuthorizationId")
            or document.get("connectionId"),
            "account_id": document.get("accountId"),
        }
        delivery = Delivery(
            webhook_id=str(document.get("webhookId")),
            subject=subject,
            body=body,
            url=lambda: self.listener_url,
            headers=lambda: {"Signature": signed},
        )
        self._deliveries.start(delivery, delay_seconds=delay_seconds)
        return delivery

    def redeliver(self, webhook_id: str, *, times: int = 1) -> int:
        """Send the same bytes again, now; returns how many deliveries were started."""
        return self._deliveries.redeliver(webhook_id, times=times)

    def deliveries(self) -> list[Delivery]:
        """Return the log, oldest first."""
        return self._deliveries.log()

    def wait_until(self, condition: Callable[[], bool], *, timeout_seconds: float = 5) -> bool:
        """Wait for a condition on the log; False when time is up."""
        return self._deliveries.wait_until(condition, timeout_seconds=timeout_seconds)
