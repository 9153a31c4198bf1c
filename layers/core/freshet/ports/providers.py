"""The providers, the quota they give and the credentials they want."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from freshet.domain.account import AccountReport
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport
from freshet.domain.credential import Credential
from freshet.domain.held_account import HeldAccount
from freshet.domain.snapshot import HoldingsReading
from freshet.domain.transaction_windows import WindowRead
from freshet.domain.verdicts import RecentReads


class CredentialVault(Protocol):
    """Users' credentials, by user and by the name under which a connection finds its own."""

    def find(self, user_id: str, name: str) -> Credential:
        """Give a credential; raises CredentialMissing, SecretUnavailable."""

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        """Store a credential; raises SecretUnavailable."""

    def forget(self, user_id: str, name: str) -> None:
        """Drop one credential; none there is no trouble. Raises SecretUnavailable."""

    def forget_user(self, user_id: str) -> None:
        """Drop all of a user's credentials; raises SecretUnavailable."""


class RecentVerdicts(Protocol):
    """Which connections were said to be broken lately, and among how many reads."""

    def note(self, connection: Connection, *, now: datetime) -> tuple[RecentReads, RecentReads]:
        """Keep a verdict; give what its institution and its provider have seen lately."""


class ReadAllowance(Protocol):
    """How often the schedule may read for one user on one UTC day."""

    def take(self, user_id: str, *, most: int, now: datetime) -> bool:
        """Count one read; False where the day's reads are used up."""


class Quota(Protocol):
    """Gives out the provider's quota."""

    @property
    def most_at_once(self) -> int:
        """How many tokens can be had together."""

    def take(self, tokens: int, *, read_at: str | None = None) -> None:
        """Take tokens for that many requests; raises QuotaExhausted, ProviderDown.

        With `read_at` they are the first of a read at that institution, which is counted.
        """

    def block(self, until: datetime, *, is_down: bool) -> None:
        """Give no token out before `until`: the provider says so, or cannot answer anybody."""


class ProviderSession(Protocol):
    """One session at a provider for one connection; every method raises CallFailed."""

    def expect(self, calls: int, *, is_awaited: bool) -> None:
        """Say how many calls are to come, and whether a user waits for them."""

    @property
    def calls(self) -> int:
        """How many calls it has made."""

    def connection(self) -> ConnectionReport:
        """Ask how the connection is."""

    def look(self) -> ConnectionReport:
        """Ask the same of a broken connection, by a single call."""

    def accounts(self) -> Sequence[AccountReport]:
        """List its accounts."""

    def holdings(self, account: AccountReport) -> HoldingsReading:
        """Read positions and balances of one account."""

    @property
    def reads_transactions(self) -> bool:
        """Tell whether this deployment reads transactions at this provider."""

    def transactions(self, account: AccountReport, *, since: date | None) -> WindowRead:
        """Read what happened since a day, or ever: every page of it."""


class ProviderBuyer(Protocol):
    """What can be asked of a provider to do for one connection; every method raises CallFailed."""

    def refresh(self) -> ProviderAnswer:
        """Buy a refresh: exactly one billable call, never repeated in here."""

    def sync_transactions(self) -> ProviderAnswer:
        """Ask for transactions up to yesterday to be loaded: unbilled."""

    def remove(self) -> ProviderAnswer:
        """Ask for the connection to be removed; MissingUpstream or AccessRevoked: it is gone."""


class DocumentedHoldings(Protocol):
    """Holdings in the shape that their provider documents."""

    def render(self, held: Iterable[HeldAccount]) -> Iterator[str]:
        """Give the JSON text of each account, one after the other."""


class Providers[Visitor](Protocol):
    """The way to every configured provider, for readers or for buyers."""

    def open(self, connection: Connection) -> Visitor:
        """Start a session; raises ProviderNotConfigured, CredentialMissing, SecretUnavailable."""
