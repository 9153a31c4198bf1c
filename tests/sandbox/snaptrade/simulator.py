"""The whole simulator in one object."""

from tests.sandbox.simulation.simulator import Simulator
from tests.sandbox.simulation.timers import Timers
from tests.sandbox.snaptrade.control import ControlClient
from tests.sandbox.snaptrade.control_routes import Control
from tests.sandbox.snaptrade.gateway import Gateway
from tests.sandbox.snaptrade.population import Population
from tests.sandbox.snaptrade.provider import Provider
from tests.sandbox.snaptrade.routes import provider_routes
from tests.sandbox.snaptrade.syncing import Syncing
from tests.sandbox.snaptrade.webhooks import WebhookSender
from tests.sandbox.snaptrade.world import SimulatorSettings, World


class SnapTradeSimulator(Simulator):
    """A provider on loopback; use it as a context manager or call start and stop."""

    def __init__(self, settings: SimulatorSettings | None = None) -> None:
        self.settings = settings or SimulatorSettings()
        self.world = World(self.settings)
        timers = Timers()
        self.webhooks = WebhookSender(world=self.world, timers=timers)
        self.population = Population(world=self.world, timers=timers, webhooks=self.webhooks)
        self.syncing = Syncing(world=self.world, timers=timers, webhooks=self.webhooks)
        provider = Provider(world=self.world, population=self.population, syncing=self.syncing)
        gateway = Gateway(world=self.world, routes=provider_routes(provider))
        control = Control(
            world=self.world,
            population=self.population,
            syncing=self.syncing,
            webhooks=self.webhooks,
        )
        super().__init__(
            port=self.settings.port,
            provider=gateway.answer,
            control=control.answer,
            timers=timers,
        )

    @property
    def control(self) -> ControlClient:
        """Return a client of the control interface."""
        return ControlClient(self.control_url)
