"""How declared Items come into being, one by one, when somebody asks for them."""

from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.extraction import FirstPull
from tests.simulators.plaid.institutions import institution_with_id
from tests.simulators.plaid.models import Item
from tests.simulators.plaid.population import Identity, Population
from tests.simulators.plaid.portfolios import portfolios_named
from tests.simulators.plaid.world import World


class Crowd:
    """Makes declared Items, the same ones for one seed in any order; the caller holds the lock."""

    def __init__(self, *, world: World, population: Population, first_pull: FirstPull) -> None:
        self._world = world
        self._population = population
        self._first_pull = first_pull
        world.directory.settle = self.settle
        for institution_id in world.settings.declared.institutions:
            # Refused while somebody listens, and not at the first touch.
            institution_with_id(institution_id)

    def settle(self, index: int) -> Item:
        """Make a declared Item as it was when the simulator started."""
        world, declared = self._world, self._world.settings.declared
        world.directory.settled.add(index)
        item = self._population.add_item(
            institution_with_id(declared.institution(index)),
            portfolios=portfolios_named(declared.portfolio(index)),
            products=declared.products,
            webhook=world.default_webhook,
            identity=self.identity(index),
        )
        self._first_pull.skip(item)
        return item

    def identity(self, index: int) -> Identity:
        """Return the first ids of a declared Item without making it; raises PlaidRefusal."""
        world = self._world
        if not 0 <= index < world.settings.declared.items:
            raise PlaidRefusal("ITEM_NOT_FOUND")
        return Identity(
            item_id=world.declared_ids.item_id(index),
            access_token=world.declared_ids.access_token(index),
            account_ids=world.declared_ids.account_ids(index),
            created_at=world.started_at,
        )

    @property
    def untouched(self) -> int:
        """Return how many declared Items do not exist yet."""
        return self._world.settings.declared.items - len(self._world.directory.settled)
