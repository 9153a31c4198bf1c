"""The whole simulator in one object."""

from tests.sandbox.plaid.control import PlaidControlClient
from tests.sandbox.plaid.control_routes import Control
from tests.sandbox.plaid.gateway import Gateway
from tests.sandbox.plaid.investments import Investments
from tests.sandbox.plaid.items import Items
from tests.sandbox.plaid.population import Population
from tests.sandbox.plaid.refreshing import Refreshing
from tests.sandbox.plaid.sandbox_only import SandboxOnly
from tests.sandbox.plaid.webhooks import WebhookSender
from tests.sandbox.plaid.world import PlaidSettings, World
from tests.sandbox.simulation.simulator import Simulator
from tests.sandbox.simulation.timers import Timers


class PlaidSimulator(Simulator):
    """A provider on loopback; use it as a context manager or call start and stop."""

    def __init__(self, settings: PlaidSettings | None = None) -> None:
        self.settings = settings or PlaidSettings()
        self.world = world = World(self.settings)
        timers = Timers()
        self.webhooks = WebhookSender(world=world, timers=timers)
        population = Population(world=world, webhooks=self.webhooks)
        refreshing = Refreshing(
            world=world, timers=timers, population=population, webhooks=self.webhooks
        )
        endpoints = [
            *Investments(
                world=world, timers=timers, population=population, refreshing=refreshing
            ).endpoints(),
            *Items(world=world, population=population).endpoints(),
            *SandboxOnly(world=world, population=population).endpoints(),
        ]
        gateway = Gateway(world=world, endpoints=endpoints, pause=self.pause)
        control = Control(
            world=world, population=population, refreshing=refreshing, webhooks=self.webhooks
        )
        super().__init__(
            port=self.settings.port,
            provider=gateway.answer,
            control=control.answer,
            timers=timers,
        )

    @property
    def control(self) -> PlaidControlClient:
        """Return a client of the control interface."""
        return PlaidControlClient(self.control_url)
