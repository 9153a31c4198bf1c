"""The whole simulator in one object."""

from tests.sandbox.plaid.accounts import Accounts
from tests.sandbox.plaid.admission import Admission
from tests.sandbox.plaid.aging import Aging
from tests.sandbox.plaid.calls import Endpoint
from tests.sandbox.plaid.control import PlaidControlClient
from tests.sandbox.plaid.control_accounts import AccountControl
from tests.sandbox.plaid.control_items import ItemControl
from tests.sandbox.plaid.control_link import LinkControl
from tests.sandbox.plaid.control_routes import Control, Part
from tests.sandbox.plaid.control_webhooks import WebhookControl
from tests.sandbox.plaid.control_world import WorldControl
from tests.sandbox.plaid.crowd import Crowd
from tests.sandbox.plaid.extraction import FirstPull
from tests.sandbox.plaid.gateway import Gateway
from tests.sandbox.plaid.investments import Investments
from tests.sandbox.plaid.items import Items
from tests.sandbox.plaid.link_tokens import LinkTokens
from tests.sandbox.plaid.linking import Linking
from tests.sandbox.plaid.population import Population
from tests.sandbox.plaid.reference import Reference
from tests.sandbox.plaid.refreshing import Refreshing
from tests.sandbox.plaid.replacing import Replacing
from tests.sandbox.plaid.sandbox_only import SandboxOnly
from tests.sandbox.plaid.settings import PlaidSettings
from tests.sandbox.plaid.webhooks import WebhookSender
from tests.sandbox.plaid.world import World
from tests.sandbox.simulation.simulator import Simulator
from tests.sandbox.simulation.timers import Timers


class PlaidSimulator(Simulator):
    """A provider on loopback; use it as a context manager or call start and stop."""

    def __init__(self, settings: PlaidSettings | None = None) -> None:
        self.settings = settings or PlaidSettings()
        self.world = world = World(self.settings)
        timers = Timers()
        self.webhooks = WebhookSender(world=world, timers=timers)
        self._population = Population(world=world, webhooks=self.webhooks)
        self._first_pull = FirstPull(world=world, timers=timers, population=self._population)
        self._aging = Aging(world=world, population=self._population)
        gateway = Gateway(
            world=world,
            admission=Admission(world=world, aging=self._aging),
            endpoints=self._endpoints(timers),
            pause=self.pause,
        )
        super().__init__(
            port=self.settings.port,
            provider=gateway.answer,
            control=self._control_interface().answer,
            timers=timers,
        )

    @property
    def control(self) -> PlaidControlClient:
        """Return a client of the control interface."""
        return PlaidControlClient(self.control_url)

    def _endpoints(self, timers: Timers) -> list[Endpoint]:
        world, population, first_pull = self.world, self._population, self._first_pull
        refreshing = Refreshing(
            world=world,
            timers=timers,
            population=population,
            first_pull=first_pull,
            webhooks=self.webhooks,
        )
        investments = Investments(
            world=world, population=population, first_pull=first_pull, refreshing=refreshing
        )
        sandbox_only = SandboxOnly(world=world, population=population, first_pull=first_pull)
        return [
            *investments.endpoints(),
            *Items(world=world, population=population).endpoints(),
            *LinkTokens(world=world).endpoints(),
            *Reference(world=world).endpoints(),
            *sandbox_only.endpoints(),
        ]

    def _control_interface(self) -> Control:
        world, population = self.world, self._population
        crowd = Crowd(world=world, population=population, first_pull=self._first_pull)
        accounts = Accounts(world=world, population=population, webhooks=self.webhooks)
        linking = Linking(
            world=world, population=population, accounts=accounts, first_pull=self._first_pull
        )
        items = ItemControl(
            world=world,
            population=population,
            accounts=accounts,
            aging=self._aging,
            crowd=crowd,
            first_pull=self._first_pull,
        )
        replacing = Replacing(world=world, population=population)
        parts: list[Part] = [
            WorldControl(world=world, aging=self._aging, crowd=crowd),
            items,
            AccountControl(accounts=accounts, replacing=replacing),
            LinkControl(linking=linking),
            WebhookControl(world=world, webhooks=self.webhooks),
        ]
        return Control(world=world, parts=parts)
