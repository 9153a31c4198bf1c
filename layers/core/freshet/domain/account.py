"""An account inside a connection, as listed by the provider."""

from collections.abc import Sequence
from copy import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from freshet.domain.money import Money
from freshet.domain.price_basis import PriceBases

INVESTMENT = "investment"
_PARTS_OF_HOLDINGS = frozenset({"positions", "balances"})
HISTORY_LOADS_FOR = timedelta(days=1)


class AccountStatus(StrEnum):
    """Whether an account is still there; a vanished one is closed, never erased."""

    OPEN = "open"
    CLOSED = "closed"


class AccountReport(Struct, frozen=True, kw_only=True):
    """What a provider says of one account; `kind` is an open list (investment, deposit, …)."""

    provider_account_id: str
    name: str | None
    number: str | None
    kind: str
    raw_type: str | None
    status: AccountStatus
    is_paper: bool
    value: Money | None
    has_holdings: bool
    """False where none are to be expected: the broker does not expose them, so that an empty list
    would be a lie, or it is an account of another kind of which the provider lists none."""
    is_loaded: bool
    """False until the provider's first load is over: an empty list means "not yet"."""
    synced_at: datetime | None
    """When the provider last had this account's holdings from the broker."""
    source: str
    """The provider's own document, as JSON text: nothing of it is lost."""

    transactions_synced_on: date | None = None
    """Every transaction up to and including this day is in, says the provider."""
    institution_account_id: str | None = None
    """What the institution itself tells the account by: the same through every link to it."""

    @property
    def is_readable(self) -> bool:
        """Tell whether holdings can be expected of this account."""
        return self.status is AccountStatus.OPEN and self.has_holdings

    @property
    def is_without_investments(self) -> bool:
        """Tell whether it is an account of another kind that holds nothing."""
        return self.kind != INVESTMENT and not self.has_holdings


class Account(Struct, frozen=True, kw_only=True):
    """An account under our own id, which survives re-linking."""

    id: str
    user_id: str
    connection_id: str
    report: AccountReport
    created_at: datetime
    transactions_read_to: date | None = None
    """The provider's `transactions_synced_on` when we last read them."""
    transactions_read_at: datetime | None = None
    history_read_at: datetime | None = None
    """When all transactions were last read, as far back as the provider goes."""
    failed_parts: tuple[str, ...] = ()
    """What the provider could not bring along when this account was last read."""
    is_reloaded: bool = False
    """The provider began to load it anew and is through, as seen by this very read."""
    price_bases: PriceBases = field(default_factory=dict)
    """What stated totals decided of prices whose provider does not say what they are of."""

    @property
    def is_partial(self) -> bool:
        """Tell whether a part that holdings are made of did not come along."""
        return not _PARTS_OF_HOLDINGS.isdisjoint(self.failed_parts)

    @property
    def has_new_transactions(self) -> bool:
        """Tell whether the provider has transactions that we have not read."""
        synced_on = self.report.transactions_synced_on
        read_to = self.transactions_read_to
        return synced_on is not None and (read_to is None or synced_on > read_to)

    def listed_as(self, report: AccountReport) -> "Account":
        """Take in what the provider lists now.

        An account of another kind that had holdings is still asked for them: an empty answer is
        believed as of any other.
        """
        is_of_other_kind = report.is_without_investments and report.kind == self.report.kind
        if is_of_other_kind and self.report.has_holdings:
            report = replace(report, has_holdings=True)
        is_reloaded = report.is_loaded and not self.report.is_loaded
        return replace(self, report=report, is_reloaded=is_reloaded)

    def owes_history(self, *, now: datetime) -> bool:
        """Tell whether what is older than the last days is still to be read.

        A provider may be loading it for hours after a connection was made, and the event that
        says so may be lost: it is read once more when that must be over.
        """
        loaded_at = self.created_at + HISTORY_LOADS_FOR
        read_at = self.history_read_at
        return read_at is None or read_at < loaded_at <= now

    def with_transactions_read(self, *, at: datetime, is_history: bool) -> "Account":
        """Note a read of everything that the provider has up to its own day."""
        known = (self.transactions_read_to, self.report.transactions_synced_on)
        return replace(
            self,
            transactions_read_to=max((day for day in known if day is not None), default=None),
            transactions_read_at=at,
            history_read_at=at if is_history else self.history_read_at,
        )

    def with_price_bases(self, decided: PriceBases) -> "Account":
        """Keep what a stated total decided of prices."""
        return replace(self, price_bases={**self.price_bases, **decided})

    def closed(self) -> "Account":
        """The provider lists it no more."""
        return replace(self, report=replace(self.report, status=AccountStatus.CLOSED))


class Register(Struct, frozen=True):
    """All accounts of a user, and how often one came or passed to another connection."""

    accounts: Sequence[Account]
    changes: int


def masked_number(number: str | None) -> str | None:
    """Keep the last four characters of an account number: `****8443`; shorter ones vanish."""
    if not number:
        return None
    return "****" + (number[-4:] if len(number) > 4 else "")  # noqa: PLR2004
