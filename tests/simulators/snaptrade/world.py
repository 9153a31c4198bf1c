"""The state of the simulated provider behind one lock."""

from dataclasses import dataclass, field
from decimal import Decimal

from tests.simulators.common.faults import FaultPlan
from tests.simulators.common.identifiers import Identifiers
from tests.simulators.common.limits import RollingLimit
from tests.simulators.common.state import Clock, SharedState, utc_now
from tests.simulators.snaptrade.consumer_keys import ConsumerKeys
from tests.simulators.snaptrade.knobs import Knobs
from tests.simulators.snaptrade.models import Account, BillEntry, Connection, User
from tests.simulators.snaptrade.refresh_plans import RefreshPlans
from tests.simulators.snaptrade.refusals import NotFound, UserUnknown
from tests.simulators.snaptrade.seeded import USER_PREFIX, SeededPopulation

REFRESH_PRICE = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """Who the customer is, and what makes a run repeatable."""

    client_id: str = "SANDBOX-CLIENT"
    consumer_key: str = "sandbox-consumer-key"
    port: int = 0
    seed: int = 1
    clock: Clock = utc_now
    knobs: Knobs = field(default_factory=Knobs)
    # How many connections exist from the start, each made when first touched.
    seeded_connections: int = 0


class World(SharedState):
    """Users, connections, accounts, the bill and the counters.

    The tables hold what was made or touched; `find_…` also finds what exists by seed only.
    """

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings.clock)
        self.settings = settings
        self.knobs = settings.knobs
        self.ids = Identifiers(settings.seed)
        self.keys = ConsumerKeys(settings.consumer_key)
        self.users: dict[str, User] = {}
        self.connections: dict[str, Connection] = {}
        self.accounts: dict[str, Account] = {}
        self.bill: list[BillEntry] = []
        self.limit = RollingLimit()
        self.account_limits: dict[str, RollingLimit] = {}
        self.faults = FaultPlan()
        self.refresh_plans = RefreshPlans()
        self.seeded = SeededPopulation(
            size=settings.seeded_connections, seed=settings.seed, started_at=self.now()
        )
        self._touched: set[int] = set()

    def user(self, user_id: str, user_secret: str) -> User:
        """Return the user these credentials belong to."""
        user = self.find_user(user_id)
        if user is None or user.secret != user_secret:
            raise UserUnknown
        return user

    def connection(self, connection_id: str, *, user_id: str | None = None) -> Connection:
        """Return a connection, of this user when one is given."""
        connection = self.find_connection(connection_id)
        if connection is None or user_id not in {None, connection.user_id}:
            raise NotFound
        return connection

    def account(self, account_id: str, *, user_id: str | None = None) -> Account:
        """Return an account, of this user when one is given."""
        account = self.find_account(account_id)
        if account is None:
            raise NotFound
        self.connection(account.connection_id, user_id=user_id)
        return account

    def find_user(self, user_id: str) -> User | None:
        """Return a user, or None."""
        self._touch(self.seeded.index_of_user(user_id))
        return self.users.get(user_id)

    def find_connection(self, connection_id: str) -> Connection | None:
        """Return a connection, or None."""
        if connection_id not in self.connections:
            self._touch(self.seeded.index_of(connection_id))
        return self.connections.get(connection_id)

    def find_account(self, account_id: str) -> Account | None:
        """Return an account, or None."""
        if account_id not in self.accounts:
            self._touch(self.seeded.index_of(account_id))
        return self.accounts.get(account_id)

    def user_ids(self) -> list[str]:
        """Return the ids of all users, those that exist by seed only at the end."""
        untouched = (index for index in range(self.seeded.size) if index not in self._touched)
        return [*self.users, *(f"{USER_PREFIX}{index}" for index in untouched)]

    def connections_of(self, user_id: str) -> list[Connection]:
        """Return the connections of a user, the oldest first."""
        user = self.find_user(user_id)
        return [] if user is None else [self.connections[each] for each in user.connection_ids]

    def accounts_of(self, connection_id: str) -> list[Account]:
        """Return the accounts of a connection in the order they were found."""
        connection = self.find_connection(connection_id)
        if connection is None:
            return []
        return [self.accounts[each] for each in connection.account_ids]

    def charge(self, connection_id: str, *, request_id: str) -> None:
        """Put one manual refresh on the bill."""
        entry = BillEntry(self.now(), connection_id, request_id, REFRESH_PRICE)
        self.bill.append(entry)

    def bill_total(self) -> Decimal:
        """Return what the customer owes."""
        return sum((entry.amount for entry in self.bill), Decimal(0))

    def _touch(self, index: int | None) -> None:
        if index is None:
            return
        with self.changing():
            if index in self._touched:
                return
            self._touched.add(index)
            made = self.seeded.made(index)
            self.users[made.user.id] = made.user
            self.connections[made.connection.id] = made.connection
            self.accounts |= {account.id: account for account in made.accounts}
