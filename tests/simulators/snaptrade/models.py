"""What the simulated provider knows: users, connections, accounts and the bill."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from tests.simulators.common.exact_json import Document


class Mode(StrEnum):
    """How the provider serves a connection."""

    DELAYED = "delayed"
    REALTIME = "realtime"


@dataclass(frozen=True, slots=True)
class Institution:
    """A brokerage."""

    id: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Balance:
    """Cash in one currency."""

    currency: str
    cash: Decimal | None
    buying_power: Decimal | None


def cash_in(currency: str, cash: str | None, buying_power: str | None = None) -> Balance:
    """Return a balance; without a buying power of its own all cash can be spent."""
    power = buying_power or cash
    return Balance(currency, Decimal(cash) if cash else None, Decimal(power) if power else None)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What an account holds when it is connected."""

    name: str
    raw_type: str
    positions: tuple[Document, ...] = ()
    balances: tuple[Balance, ...] = ()
    kind: str = "investment"
    currency: str = "USD"
    cash_or_margin: str = "cash"
    holdings_unavailable: bool = False
    has_transactions: bool = True
    stated_total: Decimal | None = None
    # Whether the cash holds what is cash equivalent; at some brokerages only buying power does.
    cash_has_equivalents: bool = True
    # Symbols of bonds whose price is a percentage of par.
    priced_in_percent: frozenset[str] = frozenset()
    # What happened before the first sync, in place of what the positions suggest.
    activities: tuple[Document, ...] = ()


@dataclass(slots=True)
class User:
    """One end user of the customer."""

    id: str
    secret: str
    connection_ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Connection:
    """A user's link to one institution."""

    id: str
    user_id: str
    institution: Institution
    mode: Mode
    is_shared: bool
    created_at: datetime
    disabled_at: datetime | None = None
    refreshed_at: datetime | None = None
    access: str = "read"
    # Who logs in at the institution; None is somebody unlike everybody else.
    login: str | None = None
    # Who owns the accounts: the institution tells them alike through all of one holder's logins.
    holder: str | None = None
    account_ids: list[str] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        """Tell whether reads go to the brokerage during the call."""
        return self.mode is Mode.REALTIME and self.disabled_at is None


@dataclass(slots=True)
class Account:
    """One account and the data the provider holds for it.

    `activities` are those found after the first sync; the history before it is worked out when
    somebody asks, because most accounts are never asked: from `opening_positions`, unless there are
    `opening_activities`.
    """

    id: str
    connection_id: str
    kind: str
    name: str
    number: str
    institution_account_id: str
    raw_type: str
    currency: str
    cash_or_margin: str
    created_at: datetime
    as_of: datetime
    synced_at: datetime | None = None
    holdings_unavailable: bool = False
    has_transactions: bool = True
    stated_total: Decimal | None = None
    cash_has_equivalents: bool = True
    priced_in_percent: frozenset[str] = frozenset()
    opening_positions: tuple[Document, ...] = ()
    opening_activities: tuple[Document, ...] = ()
    positions: list[Document] = field(default_factory=list)
    balances: list[Balance] = field(default_factory=list)
    activities: list[Document] = field(default_factory=list)
    history_until: date | None = None
    transactions_synced_on: date | None = None
    revision: int = 0

    @property
    def is_initialised(self) -> bool:
        """Tell whether the first sync is done; before it nothing is shown."""
        return self.synced_at is not None


@dataclass(frozen=True, slots=True)
class BillEntry:
    """One billable event."""

    at: datetime
    connection_id: str
    request_id: str
    amount: Decimal
    currency: str = "USD"
