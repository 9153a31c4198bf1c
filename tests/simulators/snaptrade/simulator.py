"""The whole simulator in one object."""

from tests.simulators.common.simulator import Simulator
from tests.simulators.common.timers import Timers
from tests.simulators.snaptrade.control import ControlClient
from tests.simulators.snaptrade.control_routes import Control
from tests.simulators.snaptrade.endpoints.accounts import AccountEndpoints
from tests.simulators.snaptrade.endpoints.connections import ConnectionEndpoints
from tests.simulators.snaptrade.endpoints.portal import PortalEndpoints
from tests.simulators.snaptrade.endpoints.reference import ReferenceEndpoints
from tests.simulators.snaptrade.endpoints.retired import RetiredEndpoints
from tests.simulators.snaptrade.endpoints.users import UserEndpoints
from tests.simulators.snaptrade.gateway import Gateway
from tests.simulators.snaptrade.population import Population
from tests.simulators.snaptrade.portal import Portal
from tests.simulators.snaptrade.portal_links import PortalLinks
from tests.simulators.snaptrade.routes import Endpoints, provider_routes
from tests.simulators.snaptrade.syncing import Syncing
from tests.simulators.snaptrade.users import Users
from tests.simulators.snaptrade.webhooks import WebhookSender
from tests.simulators.snaptrade.world import SimulatorSettings, World


class SnapTradeSimulator(Simulator):
    """A provider on loopback; use it as a context manager or call start and stop."""

    def __init__(self, settings: SimulatorSettings | None = None) -> None:
        self.settings = settings or SimulatorSettings()
        self.world = world = World(self.settings)
        timers = Timers()
        self.webhooks = webhooks = WebhookSender(world=world, timers=timers)
        self.population = Population(world=world, timers=timers, webhooks=webhooks)
        self.users = Users(
            world=world, timers=timers, webhooks=webhooks, population=self.population
        )
        self.syncing = Syncing(world=world, timers=timers, webhooks=webhooks)
        self._links = PortalLinks(world)
        self.portal = Portal(
            world=world, links=self._links, population=self.population, webhooks=webhooks
        )
        gateway = Gateway(world=world, routes=provider_routes(self._endpoints()))
        control = Control(
            world=world,
            users=self.users,
            population=self.population,
            portal=self.portal,
            webhooks=webhooks,
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

    def _endpoints(self) -> Endpoints:
        world, population, syncing = self.world, self.population, self.syncing
        return Endpoints(
            users=UserEndpoints(world=world, users=self.users),
            portal=PortalEndpoints(world=world, links=self._links, portal=self.portal),
            connections=ConnectionEndpoints(world=world, population=population, syncing=syncing),
            accounts=AccountEndpoints(world=world, syncing=syncing),
            reference=ReferenceEndpoints(),
            retired=RetiredEndpoints(world=world, population=population, syncing=syncing),
        )
