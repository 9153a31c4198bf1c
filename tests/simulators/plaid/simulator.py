"""The whole simulator in one object."""

from tests.simulators.common.simulator import Simulator
from tests.simulators.common.timers import Timers
from tests.simulators.plaid.accounts import Accounts
from tests.simulators.plaid.admission import Admission
from tests.simulators.plaid.aging import Aging
from tests.simulators.plaid.calls import Endpoint
from tests.simulators.plaid.control import PlaidControlClient
from tests.simulators.plaid.control_accounts import AccountControl
from tests.simulators.plaid.control_items import ItemControl
from tests.simulators.plaid.control_link import LinkControl
from tests.simulators.plaid.control_routes import Control, Part
from tests.simulators.plaid.control_webhooks import WebhookControl
from tests.simulators.plaid.control_world import WorldControl
from tests.simulators.plaid.crowd import Crowd
from tests.simulators.plaid.extraction import FirstPull
from tests.simulators.plaid.gateway import Gateway
from tests.simulators.plaid.investments import Investments
from tests.simulators.plaid.items import Items
from tests.simulators.plaid.link_tokens import LinkTokens
from tests.simulators.plaid.linking import Linking
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.reference import Reference
from tests.simulators.plaid.refreshing import Refreshing
from tests.simulators.plaid.replacing import Replacing
from tests.simulators.plaid.sandbox_only import SandboxOnly
from tests.simulators.plaid.settings import PlaidSettings
from tests.simulators.plaid.webhooks import WebhookSender
from tests.simulators.plaid.world import World


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
