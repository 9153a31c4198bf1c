"""What the simulated provider knows: institutions, Items, accounts and the tokens of Link."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class Institution:
    """A brokerage and how it takes a refresh."""

    id: str
    name: str
    refresh_error: str | None = None
    is_refreshable: bool = True
    is_slow: bool = False
    is_oauth: bool = False
    country_codes: tuple[str, ...] = ("US",)


class History(StrEnum):
    """How far the first extraction has come."""

    NONE = "none"
    RUNNING = "running"
    # Running, but the last days are there.
    RECENT = "recent"
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
    # What stays the same when the id changes.
    persistent_id: str
    available: Decimal | None = None
    current: Decimal | None = None
    margin_loan: Decimal | None = None
    unlisted_cash: Decimal | None = None
    # The current worth leaves the loan out.
    is_before_debt: bool = False
    price_times: str | None = None
    # Ids of securities whose price date the sample states: it stays.
    dated: frozenset[str] = frozenset()
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
    user_id: str
    institution: Institution
    products: list[str]
    webhook: str | None
    created_at: datetime
    # A login ages from here; a repair makes it young again.
    login_since: datetime
    # Who owns the accounts: what persists of them is the same in every Item of one holder.
    holder: str | None = None
    consented: list[str] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    # Vanished for now, by id; and what the user could share but has not.
    vanished: dict[str, Account] = field(default_factory=dict)
    offered: list[Portfolio] = field(default_factory=list)
    securities: dict[str, Document] = field(default_factory=dict)
    error: PlaidRefusal | None = None
    consent_expires_at: datetime | None = None
    disconnects_at: datetime | None = None
    last_successful_update: datetime | None = None
    last_failed_update: datetime | None = None
    last_webhook: tuple[datetime, str] | None = None
    history: History = History.NONE
    unreported: Unreported = field(default_factory=Unreported)
    revision: int = 0


@dataclass(frozen=True, slots=True)
class LinkSession:
    """What a link token was made for: a new Item, or an existing one."""

    item_id: str | None
    products: tuple[str, ...]
    consented: tuple[str, ...]
    webhook: str | None
    user_id: str | None
    expires_at: datetime
    selects_accounts: bool = False
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class PublicToken:
    """The one-time token that is exchanged for an access token."""

    item_id: str
    expires_at: datetime
