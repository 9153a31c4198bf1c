"""A running simulator with one Item, a client, a clock to move and a listener, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.client import Answer, PlainClient
from tests.simulators.plaid.control import SimulatedItem
from tests.simulators.plaid.declared import Declared
from tests.simulators.plaid.knobs import PlaidKnobs
from tests.simulators.plaid.listener import Received, WebhookListener
from tests.simulators.plaid.signature import verify_webhook
from tests.simulators.plaid.simulator import PlaidSimulator
from tests.simulators.plaid.world import PlaidSettings

# Thirty seconds become three hundredths of a millisecond.
FAST = PlaidKnobs(webhook_time_scale=0.000001, history_delay_seconds=0)

NOBODY = Declared()


class Stage:
    """What a test of the simulator holds in its hands."""

    def __init__(self, listener: WebhookListener, environment: str, declared: Declared) -> None:
        self.listener = listener
        self.time = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
        self.settings = PlaidSettings(
            clock=lambda: self.time, knobs=FAST, environment=environment, declared=declared
        )
        self.simulator = PlaidSimulator(self.settings)
        self.control = self.simulator.control
        credentials = {"client_id": self.settings.client_id, "secret": self.settings.secret}
        self.client = PlainClient(self.simulator.url, **credentials)
        self.item: SimulatedItem

    def populate(self) -> None:
        """Add the Item that most tests are about."""
        self.control.listen(self.listener.url)
        self.item = self.control.add_item()

    def pass_time(self, **period: float) -> None:
        """Move the provider's clock forward."""
        self.time += timedelta(**period)

    def call(self, path: str, item: SimulatedItem | None = None, **body: Any) -> Answer:
        """Call an endpoint with the access token of an Item."""
        token = (item or self.item).access_token
        return self.client.call(path, **{"access_token": token, **body})

    def refresh(self, item: SimulatedItem | None = None, **options: Any) -> Answer:
        """Refresh an Item."""
        return self.call("/investments/refresh", item, **options)

    def holdings(self, item: SimulatedItem | None = None) -> list[Document]:
        """Read what an Item holds."""
        lines: list[Document] = self.read("/investments/holdings/get", item)["holdings"]
        return lines

    def read(self, path: str, item: SimulatedItem | None = None, **body: Any) -> Any:
        """Call an endpoint and parse the answer."""
        return self.call(path, item, **body).document()

    def key(self, kid: str) -> Document | None:
        """Fetch a verification key as a customer would; None when the provider has none."""
        answer = self.client.call("/webhook_verification_key/get", key_id=kid)
        key: Document | None = answer.document().get("key")
        return key

    def verify(self, received: Received) -> None:
        """Check a received webhook; raises WebhookRefused."""
        now = int(self.time.timestamp())
        verify_webhook(received.signature, received.body, key_of=self.key, now=now)

    def wait_for_delivery(self, webhook_id: str, status: str) -> Document:
        """Return the log entry of a webhook once it ended like this."""
        log, wanted = self.simulator.webhooks, (webhook_id, status)
        ended = log.wait_until(
            lambda: wanted in {(entry.webhook_id, entry.status) for entry in log.deliveries()}
        )
        if not ended:
            raise TimeoutError(f"webhook did not end as {status}")
        return next(d for d in self.control.deliveries() if d["webhook_id"] == webhook_id)


@contextmanager
def running_stage(environment: str = "sandbox", *, declared: Declared = NOBODY) -> Iterator[Stage]:
    """Run a simulator with one Item and a listener."""
    with WebhookListener() as listener:
        stage = Stage(listener, environment, declared)
        with stage.simulator:
            stage.populate()
            yield stage
