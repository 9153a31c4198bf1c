"""What the control interface tells its clients."""

from dataclasses import dataclass
from decimal import Decimal

from tests.simulators.common.exact_json import Document


@dataclass(frozen=True, slots=True)
class SimulatedUser:
    """A user and the secret that the provider shows once."""

    user_id: str
    user_secret: str


@dataclass(frozen=True, slots=True)
class SimulatedConnection:
    """The ids of a connection and its accounts, in portfolio order."""

    connection_id: str
    account_ids: list[str]


@dataclass(frozen=True, slots=True)
class SeededConnection:
    """One connection of the population that exists by its seed, and its user."""

    user_id: str
    user_secret: str
    connection_id: str
    account_ids: list[str]


@dataclass(frozen=True, slots=True)
class PortalVisit:
    """Where the browser goes after the portal; no connection when nothing came of it."""

    redirect: str
    connection_id: str | None
    account_ids: list[str]


@dataclass(frozen=True, slots=True)
class Bill:
    """What the customer owes for manual refreshes."""

    total: Decimal
    count: int
    entries: list[Document]
