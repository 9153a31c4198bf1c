"""What the simulated provider knows: Items, accounts, subscriptions and the bill."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tests.sandbox.plaid.errors import PlaidRefusal
from tests.sandbox.simulation.exact_json import Document


@dataclass(frozen=True, slots=True)
class Institution:
    """A brokerage and how it takes a refresh."""

    id: str
    name: str
    refresh_error: str | None = None
    is_refreshable: bool = True
    is_slow: bool = False


class History(StrEnum):
    """How far the first extraction of transactions has come."""

    NONE = "none"
    RUNNING = "running"
    READY = "ready"


@dataclass(slots=True)
class Account:
    """One account of an Item; `current` is null where it follows from the holdings."""

    id: str
    name: str
    official_name: str | None
    mask: str | None
    type: str
    subtype: str | None
    currency: str
    available: Decimal | None = None
    current: Decimal | None = None
    margin_loan: Decimal | None = None
    holdings: list[Document] = field(default_factory=list)
    transactions: list[Document] = field(default_factory=list)


@dataclass(slots=True)
class Unreported:
    """What changed since the last webhook of its type."""

    new_holdings: int = 0
    updated_holdings: int = 0
    new_transactions: int = 0


@dataclass(slots=True)
class Item:
    """A user's login at one institution."""

    id: str
    access_token: str
    institution: Institution
    products: list[str]
    webhook: str | None
    created_at: datetime
    accounts: list[Account] = field(default_factory=list)
    securities: dict[str, Document] = field(default_factory=dict)
    error: PlaidRefusal | None = None
    consent_expires_at: datetime | None = None
    last_successful_update: datetime | None = None
    last_failed_update: datetime | None = None
    last_webhook: tuple[datetime, str] | None = None
    history: History = History.NONE
    unreported: Unreported = field(default_factory=Unreported)
    revision: int = 0


@dataclass(slots=True)
class Subscription:
    """A product that is billed each month until the Item goes."""

    item_id: str
    product: str
    started_at: datetime
    ended_at: datetime | None = None

    def months(self, now: datetime) -> int:
        """Return how many calendar months in UTC were begun so far."""
        end = self.ended_at or now
        years = end.year - self.started_at.year
        return years * 12 + end.month - self.started_at.month + 1


@dataclass(frozen=True, slots=True)
class BillEntry:
    """One billable event."""

    at: datetime
    item_id: str
    request_id: str
    amount: Decimal
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class LinkSession:
    """What a link token was made for: a new Item, or an existing one."""

    item_id: str | None
    products: tuple[str, ...]
    webhook: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PublicToken:
    """The one-time token that is exchanged for an access token."""

    item_id: str
    expires_at: datetime
