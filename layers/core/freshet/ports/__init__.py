"""What the services need from outside, in the domain's own types."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from freshet.domain.account import Account, AccountReport
from freshet.domain.budgets import DeploymentSpending, UserSpending
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport
from freshet.domain.credential import Credential
from freshet.domain.events import Event
from freshet.domain.orders import ReadOrder, RefreshOrder
from freshet.domain.provider import Provider
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.refresh import Refresh
from freshet.domain.snapshot import HoldingsReading, HoldingsSnapshot, Outcome
from freshet.domain.transaction_windows import WindowRead
from freshet.domain.webhooks import VerifiedDelivery, WebhookEvent
from freshet.ports.transactions import Transactions as Transactions

Clock = Callable[[], datetime]


class Connections(Protocol):
    """Connections by their owner: another user's connection is simply not found."""

    def get(self, user_id: str, connection_id: str) -> Connection:
        """Read one, consistently; raises NotFound."""

    def of_user(self, user_id: str) -> Sequence[Connection]:
        """List a user's connections, oldest first."""

    def add(self, connection: Connection, *, provider_user_id: str | None) -> Connection:
        """Register one, or give back the one already there; raises AlreadyOwned."""

    def change(
        self,
        user_id: str,
        connection_id: str,
        step: Callable[[Connection], Connection],
        *,
        known: Connection | None = None,
    ) -> Connection:
        """Store what `step` makes of the current row; `step` may run again after a race.

        `known` spares a read where it is still the current row.
        """


class DueConnections(Protocol):
    """The index of what wants attention."""

    def due(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        """List a provider's (user id, connection id, due time).

        Those come first whose open refresh somebody waits for, then the oldest.
        """

    def claim(
        self, user_id: str, connection_id: str, *, due_at: datetime, lease_until: datetime
    ) -> Connection | None:
        """Move the due time to the lease's end; None if another turn was faster."""


class Accounts(Protocol):
    """Accounts by their owner."""

    def get(self, user_id: str, account_id: str) -> Account:
        """Read one; raises NotFound."""

    def of_connection(self, user_id: str, connection_id: str) -> Sequence[Account]:
        """List a connection's accounts, closed ones included, in the order of their ids."""

    def save(self, account: Account) -> None:
        """Store an account as it is listed now."""


class Refreshes(Protocol):
    """Refreshes with the money that belongs to them; every write is all or nothing."""

    def get(self, user_id: str, refresh_id: str) -> Refresh:
        """Read one, consistently; raises NotFound."""

    def of_connection(self, user_id: str, connection_id: str) -> Sequence[Refresh]:
        """List a connection's refreshes of the last 90 days, newest first."""

    def is_stopped(self) -> bool:
        """Tell whether the operator's kill switch is on."""

    def open(self, refresh: Refresh) -> Refresh:
        """Put an unpaid one on record as its connection's open refresh; raises ConcurrentChange."""

    def add(self, refresh: Refresh) -> Refresh:
        """Put one on record that has ended already; raises ConcurrentChange if it is there."""

    def reserve(self, refresh: Refresh, *, policy: PurchasePolicy, now: datetime) -> Refresh:
        """Reserve money in every budget and become the connection's open refresh, or do nothing.

        Raises BudgetExhausted; raises ConcurrentChange where another refresh is open already.
        """

    def book(self, refresh: Refresh) -> Refresh:
        """Store a call before it is made and its outcome after, with its line in the ledger.

        A refused refresh gives its budget back; one that was never called has no line.
        Raises ConcurrentChange.
        """

    def save(self, refresh: Refresh) -> Refresh:
        """Store progress that moves no money; raises ConcurrentChange."""


class Budgets(Protocol):
    """What is spent already, and the kill switch."""

    def of_user(self, user_id: str, *, now: datetime) -> UserSpending:
        """Read the user's day and month, and those of each of the user's connections."""

    def of_deployment(self, *, now: datetime) -> DeploymentSpending:
        """Read everybody's month and the kill switch."""

    def stop_purchases(self, *, is_stopped: bool) -> None:
        """Turn the kill switch."""


class Inbox(Protocol):
    """Webhook events, each claimed once."""

    def claim(
        self, event: WebhookEvent, *, owner: tuple[str, str] | None, marked_at: datetime
    ) -> bool:
        """Store an event and mark its connection in one step; False if it was there before.

        Without an owner, an event about a connection is parked.
        """

    def find(
        self, provider: Provider, event_id: str
    ) -> tuple[WebhookEvent, tuple[str, str] | None]:
        """Read one event and whose it is; raises NotFound."""

    def parked(
        self, provider: Provider, provider_connection_id: str | None = None
    ) -> Sequence[WebhookEvent]:
        """List events that wait for an owner: a connection's, or all of a provider's."""

    def unpark(self, event: WebhookEvent, *, owner: tuple[str, str], marked_at: datetime) -> bool:
        """Give a parked event its owner and mark the connection; False if another was faster."""

    def mark(self, event: WebhookEvent, *, owner: tuple[str, str], marked_at: datetime) -> None:
        """Mark the connection of an event once more; one that is gone is left alone."""


class Owners(Protocol):
    """Whose is a thing that a provider talks about?"""

    def of_provider_user(self, provider: Provider, provider_user_id: str) -> str | None:
        """Give our id of a provider's user, or None."""

    def of_connection(
        self, provider: Provider, provider_connection_id: str
    ) -> tuple[str, str] | None:
        """Give (user id, connection id), or None."""


class Snapshots(Protocol):
    """Holdings over time."""

    def latest(self, user_id: str, account_id: str) -> HoldingsSnapshot | None:
        """Read the newest, or None before the first load."""

    def latest_of(self, user_id: str, account_ids: Collection[str]) -> dict[str, HoldingsSnapshot]:
        """Read the newest of several accounts at once."""

    def store(
        self, user_id: str, account_id: str, outcome: Outcome, *, before: HoldingsSnapshot | None
    ) -> bool:
        """Write what a reading changed; False if somebody stored something newer meanwhile.

        Raises SnapshotTooLarge, with nothing written.
        """


class ReadQueue(Protocol):
    """Work for the readers."""

    def send(self, orders: Iterable[ReadOrder]) -> Sequence[ReadOrder]:
        """Hand over orders; gives back those that did not make it."""


class RefreshQueue(Protocol):
    """Work for the buyers."""

    def send(self, orders: Iterable[RefreshOrder]) -> Sequence[RefreshOrder]:
        """Hand over orders; gives back those that did not make it."""


class WebhookQueue(Protocol):
    """Deliveries that were verified and wait to be worked."""

    def send(self, delivery: VerifiedDelivery) -> None:
        """Queue durably; raises QueueUnavailable."""


class Bus(Protocol):
    """The way to the company's own systems."""

    def publish(self, events: Sequence[Event]) -> None:
        """Publish all; raises QueueUnavailable if one was not taken; others may have been."""


class CredentialVault(Protocol):
    """Users' credentials, by user and by the name under which a connection finds its own."""

    def find(self, user_id: str, name: str) -> Credential:
        """Give a credential; raises CredentialMissing, SecretUnavailable."""

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        """Store a credential; raises SecretUnavailable."""


class ReadAllowance(Protocol):
    """How often the schedule may read for one user on one UTC day."""

    def take(self, user_id: str, *, most: int, now: datetime) -> bool:
        """Count one read; False where the day's reads are used up."""


class Quota(Protocol):
    """Gives out the provider's quota."""

    @property
    def most_at_once(self) -> int:
        """How many tokens can be had together."""

    def take(self, tokens: int) -> None:
        """Take tokens for that many requests; raises QuotaExhausted, ProviderDown."""

    def block(self, until: datetime, *, is_down: bool) -> None:
        """Give no token out before `until`: the provider says so, or cannot answer anybody."""


class ProviderSession(Protocol):
    """One visit at a provider for one connection; every method raises CallFailed."""

    def expect(self, calls: int, *, is_awaited: bool) -> None:
        """Say how many calls are to come, and whether somebody waits for them."""

    @property
    def calls(self) -> int:
        """How many calls it has made."""

    def connection(self) -> ConnectionReport:
        """Ask how the connection is."""

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


class Providers[Visitor](Protocol):
    """The way to every configured provider, for whoever reads or for whoever buys there."""

    def open(self, connection: Connection) -> Visitor:
        """Start a visit; raises ProviderNotConfigured, CredentialMissing, SecretUnavailable."""
