"""A running SnapTrade simulator and what its tests need around it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.simulators.snaptrade import Knobs, SimulatorSettings, SnapTradeSimulator
from tests.simulators.snaptrade.listener import WebhookListener
from tests.simulators.snaptrade.signed_client import Answer, SignedClient

# Thirty minutes become 18 milliseconds.
FAST = Knobs(
    refresh_delay_seconds=0,
    transactions_delay_seconds=0,
    deletion_delay_seconds=0,
    webhook_time_scale=0.00001,
)


class Stage:
    """A running simulator with one user, a client, a clock to move and a listener."""

    def __init__(self, listener: WebhookListener) -> None:
        self.listener = listener
        self.time = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
        self.settings = SimulatorSettings(clock=lambda: self.time, knobs=FAST)
        self.simulator = SnapTradeSimulator(self.settings)
        self.control = self.simulator.control
        self.client = SignedClient(
            self.simulator.url,
            client_id=self.settings.client_id,
            consumer_key=self.settings.consumer_key,
            clock=self.settings.clock,
        )

    def populate(self) -> None:
        self.control.listen(self.listener.url)
        user = self.control.add_user("user-1")
        self.credentials = {"userId": user.user_id, "userSecret": user.user_secret}
        self.connection = self.control.add_connection("user-1", announce=False)
        self.account_id = self.connection.account_ids[0]

    def call(
        self, method: str, path: str, *, timeout_seconds: float | None = None, **query: str
    ) -> Answer:
        everything = self.credentials | query
        return self.client.call(method, path, everything, timeout_seconds=timeout_seconds)

    def login(self, **body: Any) -> Answer:
        return self.client.call("POST", "/snapTrade/login", self.credentials, body=body)

    def link(self, **body: Any) -> str:
        return str(self.login(**body).document()["redirectURI"])

    def refresh(self, connection_id: str | None = None) -> Answer:
        target = connection_id or self.connection.connection_id
        return self.call("POST", f"/authorizations/{target}/refresh")

    def positions(self) -> Any:
        return self.call("GET", f"/accounts/{self.account_id}/positions/all").document()

    def delivery(self, webhook_id: str) -> dict[str, Any]:
        return next(d for d in self.control.deliveries() if d["webhook_id"] == webhook_id)

    def wait_for_delivery(self, webhook_id: str, status: str) -> dict[str, Any]:
        log = self.simulator.webhooks
        wanted = (webhook_id, status)
        assert log.wait_until(
            lambda: wanted in {(d.webhook_id, d.status) for d in log.deliveries()}
        )
        return self.delivery(webhook_id)


@contextmanager
def running_stage() -> Iterator[Stage]:
    """A populated stage, for as long as the context lasts."""
    with WebhookListener() as listener:
        prepared = Stage(listener)
        with prepared.simulator:
            prepared.populate()
            yield prepared
