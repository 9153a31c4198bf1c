"""The whole simulator in one object."""

from types import TracebackType
from typing import Self

from tests.sandbox.snaptrade.control import ControlClient
from tests.sandbox.snaptrade.control_routes import CONTROL_PREFIX, Control
from tests.sandbox.snaptrade.gateway import Gateway
from tests.sandbox.snaptrade.population import Population
from tests.sandbox.snaptrade.provider import Provider
from tests.sandbox.snaptrade.routes import provider_routes
from tests.sandbox.snaptrade.server import LoopbackServer
from tests.sandbox.snaptrade.syncing import Syncing
from tests.sandbox.snaptrade.timers import Timers
from tests.sandbox.snaptrade.webhooks import WebhookSender
from tests.sandbox.snaptrade.wire import Reply, Request
from tests.sandbox.snaptrade.world import SimulatorSettings, World


class SnapTradeSimulator:
    """A provider on loopback; use it as a context manager or call start and stop."""

    def __init__(self, settings: SimulatorSettings | None = None) -> None:
        self.settings = settings or SimulatorSettings()
        self.world = World(self.settings)
        self.timers = Timers()
        self.webhooks = WebhookSender(world=self.world, timers=self.timers)
        self.population = Population(world=self.world, timers=self.timers, webhooks=self.webhooks)
        self.syncing = Syncing(world=self.world, timers=self.timers, webhooks=self.webhooks)
        provider = Provider(world=self.world, population=self.population, syncing=self.syncing)
        self._gateway = Gateway(world=self.world, routes=provider_routes(provider))
        self._control = Control(
            world=self.world,
            population=self.population,
            syncing=self.syncing,
            webhooks=self.webhooks,
        )
        self._server = LoopbackServer(port=self.settings.port, answer=self._answer)

    @property
    def url(self) -> str:
        """Return the base URL of the provider."""
        return self._server.url

    @property
    def control_url(self) -> str:
        """Return the base URL of the control interface."""
        return f"{self.url}{CONTROL_PREFIX}"

    @property
    def control(self) -> ControlClient:
        """Return a client of the control interface."""
        return ControlClient(self.control_url)

    def start(self) -> None:
        """Start serving."""
        self.timers.start()
        self._server.start()

    def stop(self) -> None:
        """Stop serving and forget pending deliveries."""
        self._server.stop()
        self.timers.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith(f"{CONTROL_PREFIX}/"):
            return self._control.answer(request)
        return self._gateway.answer(request)
