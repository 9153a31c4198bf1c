"""The state of the simulated provider behind one lock."""

from dataclasses import dataclass, field
from decimal import Decimal

from tests.sandbox.simulation.faults import FaultPlan
from tests.sandbox.simulation.identifiers import Identifiers
from tests.sandbox.simulation.limits import RollingLimit
from tests.sandbox.simulation.state import Clock, SharedState, utc_now
from tests.sandbox.snaptrade.knobs import Knobs
from tests.sandbox.snaptrade.models import Account, BillEntry, Connection, User
from tests.sandbox.snaptrade.refusals import NotFound, UserUnknown

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


class World(SharedState):
    """Users, connections, accounts, the bill and the counters."""

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings.clock)
        self.settings = settings
        self.knobs = settings.knobs
        self.ids = Identifiers(settings.seed)
        self.users: dict[str, User] = {}
        self.connections: dict[str, Connection] = {}
        self.accounts: dict[str, Account] = {}
        self.bill: list[BillEntry] = []
        self.limit = RollingLimit()
        self.faults = FaultPlan()

    def user(self, user_id: str, user_secret: str) -> User:
        """Return the user these credentials belong to."""
        user = self.users.get(user_id)
        if user is None or user.secret != user_secret:
            raise UserUnknown
        return user

    def connection(self, connection_id: str, *, user_id: str) -> Connection:
        """Return a connection of this user."""
        connection = self.connections.get(connection_id)
        if connection is None or connection.user_id != user_id:
            raise NotFound
        return connection

    def account(self, account_id: str, *, user_id: str) -> Account:
        """Return an account of this user."""
        account = self.accounts.get(account_id)
        if account is None:
            raise NotFound
        self.connection(account.connection_id, user_id=user_id)
        return account

    def accounts_of(self, connection_id: str) -> list[Account]:
        """Return the accounts of a connection in the order they were found."""
        return [item for item in self.accounts.values() if item.connection_id == connection_id]

    def charge(self, connection_id: str, *, request_id: str) -> None:
        """Put one manual refresh on the bill."""
        entry = BillEntry(self.now(), connection_id, request_id, REFRESH_PRICE)
        self.bill.append(entry)

    def bill_total(self) -> Decimal:
        """Return what the customer owes."""
        return sum((entry.amount for entry in self.bill), Decimal(0))
