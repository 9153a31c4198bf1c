"""In-memory twins of the ports; they keep the promises that the tables keep."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from freshet.domain.account import Account, AccountReport
from freshet.domain.call_errors import CallFailed, ProviderAnswer
from freshet.domain.connection import SAFETY_NET, Connection, ConnectionReport
from freshet.domain.credential import Credential
from freshet.domain.errors import (
    AlreadyOwned,
    BudgetExhausted,
    ConcurrentChange,
    CredentialMissing,
    NotFound,
    ProviderNotConfigured,
    QueueUnavailable,
    SecretUnavailable,
)
from freshet.domain.events import Event
from freshet.domain.holdings import Holdings
from freshet.domain.provider import Provider
from freshet.domain.purchase import Buckets, LedgerEntry, PurchasePolicy, day_ends, month_ends
from freshet.domain.refresh import Method, Refresh, RefreshStatus
from freshet.domain.snapshot import HoldingsReading, HoldingsSnapshot, Outcome
from freshet.domain.transactions import Transaction, identified
from freshet.domain.webhooks import WebhookEvent
from tests.builders import a_report, some_holdings


class FakeClock:
    """A clock that moves when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step


class FakeConnections:
    """The ports Connections, Owners and DueConnections in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Connection] = {}
        self.owners: dict[tuple[Provider, str], tuple[str, str]] = {}

    def get(self, user_id: str, connection_id: str) -> Connection:
        try:
            return self.rows[user_id, connection_id]
        except KeyError as error:
            raise NotFound(connection_id) from error

    def of_user(self, user_id: str) -> Sequence[Connection]:
        found = [row for (owner, _), row in self.rows.items() if owner == user_id]
        return sorted(found, key=lambda row: (row.created_at, row.id))

    def add(self, connection: Connection, *, provider_user_id: str | None) -> Connection:
        key = connection.provider, connection.provider_connection_id
        owner = self.owners.setdefault(key, (connection.user_id, connection.id))
        if owner[0] != connection.user_id:
            raise AlreadyOwned(connection.provider)
        return self.rows.setdefault(owner, connection)

    def change(
        self, user_id: str, connection_id: str, step: Callable[[Connection], Connection]
    ) -> Connection:
        current = self.get(user_id, connection_id)
        changed = step(current)
        if changed != current:
            changed = replace(changed, version=current.version + 1)
            self.rows[user_id, connection_id] = changed
        return changed

    def of_connection(
        self, provider: Provider, provider_connection_id: str
    ) -> tuple[str, str] | None:
        return self.owners.get((provider, provider_connection_id))

    def due(
        self, provider: Provider, *, now: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime]]:
        found = [
            (row.user_id, row.id, row.due_at)
            for row in self.rows.values()
            if row.provider is provider and row.due_at is not None and row.due_at <= now
        ]
        return sorted(found, key=lambda entry: entry[2])[:limit]

    def claim(
        self, user_id: str, connection_id: str, *, due_at: datetime, lease_until: datetime
    ) -> Connection | None:
        if self.get(user_id, connection_id).due_at != due_at:
            return None
        return self.change(user_id, connection_id, lambda row: replace(row, due_at=lease_until))


class FakeAccounts:
    """The port Accounts in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Account] = {}

    def get(self, user_id: str, account_id: str) -> Account:
        try:
            return self.rows[user_id, account_id]
        except KeyError as error:
            raise NotFound(account_id) from error

    def of_connection(self, user_id: str, connection_id: str) -> Sequence[Account]:
        found = [
            row
            for (owner, _), row in self.rows.items()
            if owner == user_id and row.connection_id == connection_id
        ]
        return sorted(found, key=lambda row: row.id)

    def save(self, account: Account) -> None:
        self.rows[account.user_id, account.id] = account


class FakeRefreshes:
    """The port Refreshes in memory: reserving is all or nothing, every write checks the version."""

    def __init__(self, connections: FakeConnections) -> None:
        self._connections = connections
        self.rows: dict[tuple[str, str], Refresh] = {}
        self.ledger: dict[tuple[str, datetime, str], LedgerEntry] = {}
        self.calls: dict[tuple[str, str], int] = {}
        self.spent: dict[tuple[str, str], Decimal] = {}
        self.stopped = False

    def get(self, user_id: str, refresh_id: str) -> Refresh:
        try:
            return self.rows[user_id, refresh_id]
        except KeyError as error:
            raise NotFound(refresh_id) from error

    def of_connection(self, user_id: str, connection_id: str) -> Sequence[Refresh]:
        found = [
            row
            for (owner, _), row in self.rows.items()
            if owner == user_id and row.connection_id == connection_id
        ]
        return sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)

    def is_stopped(self) -> bool:
        return self.stopped

    def open(self, refresh: Refresh) -> Refresh:
        self._demand_free(refresh)
        self._become_open(refresh, called=refresh.status is not RefreshStatus.RESERVED)
        self.rows[refresh.user_id, refresh.id] = refresh
        return refresh

    def add(self, refresh: Refresh) -> Refresh:
        if (refresh.user_id, refresh.id) in self.rows:
            raise ConcurrentChange(refresh.id)
        self.rows[refresh.user_id, refresh.id] = refresh
        return refresh

    def reserve(self, refresh: Refresh, *, policy: PurchasePolicy, now: datetime) -> Refresh:
        self._demand_free(refresh)
        buckets = Buckets.at(now)
        self._demand_room(refresh, buckets, policy, now)
        reserved = replace(
            refresh, status=RefreshStatus.RESERVED, budget_buckets=(buckets.day, buckets.month)
        )
        self._spend(reserved, 1, refresh.cost.amount)
        self._become_open(reserved, called=False)
        self.rows[refresh.user_id, refresh.id] = reserved
        return reserved

    def book(self, refresh: Refresh) -> Refresh:
        saved = self.save(refresh)
        if refresh.started_at is not None:
            entry = LedgerEntry.of(refresh)
            self.ledger[entry.user_id, entry.called_at, entry.refresh_id] = entry
        if refresh.status is RefreshStatus.REFUSED and refresh.budget_buckets:
            self._spend(refresh, -1, -refresh.reserved.amount)
        return saved

    def save(self, refresh: Refresh) -> Refresh:
        if self.get(refresh.user_id, refresh.id).version != refresh.version:
            raise ConcurrentChange(refresh.id)
        saved = replace(refresh, version=refresh.version + 1)
        self.rows[refresh.user_id, refresh.id] = saved
        return saved

    def total(self) -> Decimal:
        """Add up the ledger."""
        return sum((entry.cost.amount for entry in self.ledger.values()), Decimal(0))

    def _demand_free(self, refresh: Refresh) -> None:
        connection = self._connections.get(refresh.user_id, refresh.connection_id)
        if connection.open_refresh_id or (refresh.user_id, refresh.id) in self.rows:
            raise ConcurrentChange(refresh.id)

    def _become_open(self, refresh: Refresh, *, called: bool) -> None:
        def step(row: Connection) -> Connection:
            is_live = refresh.method is Method.READ
            return replace(
                row,
                open_refresh_id=refresh.id,
                open_refresh_called=called,
                due_at=refresh.created_at + SAFETY_NET,
                last_live_read_at=refresh.created_at if is_live else row.last_live_read_at,
            )

        self._connections.change(refresh.user_id, refresh.connection_id, step)

    def _demand_room(
        self, refresh: Refresh, buckets: Buckets, policy: PurchasePolicy, now: datetime
    ) -> None:
        connection, user, deployment = _scopes(refresh)
        if self.calls.get((connection, buckets.day), 0) >= policy.connection_daily_refreshes:
            raise BudgetExhausted("connection", day_ends(now))
        if self.calls.get((user, buckets.day), 0) >= policy.user_daily_refreshes:
            raise BudgetExhausted("user", day_ends(now))
        spent = self.spent.get((deployment, buckets.month), Decimal(0))
        if spent + refresh.cost.amount > policy.monthly_budget:
            raise BudgetExhausted("deployment", month_ends(now))

    def _spend(self, refresh: Refresh, calls: int, amount: Decimal) -> None:
        day, month = refresh.budget_buckets
        for scope in _scopes(refresh):
            self.calls[scope, day] = self.calls.get((scope, day), 0) + calls
            self.spent[scope, month] = self.spent.get((scope, month), Decimal(0)) + amount


def _scopes(refresh: Refresh) -> tuple[str, str, str]:
    return f"connection {refresh.connection_id}", f"user {refresh.user_id}", "deployment"


class FakeInbox:
    """The port Inbox in memory: the claim and the mark are one step."""

    def __init__(self, connections: FakeConnections) -> None:
        self._connections = connections
        self.rows: dict[tuple[Provider, str], WebhookEvent] = {}

    def claim(
        self,
        event: WebhookEvent,
        *,
        owner: tuple[str, str] | None,
        mark: str | None,
        marked_at: datetime,
    ) -> bool:
        if (event.provider, event.id) in self.rows:
            return False
        self.rows[event.provider, event.id] = event
        if owner is not None and mark is not None and owner in self._connections.rows:
            self._connections.change(
                *owner,
                lambda row: replace(
                    row,
                    marks={**row.marks, mark: marked_at},
                    due_at=marked_at + SAFETY_NET,
                ),
            )
        return True


class FakeSnapshots:
    """The port Snapshots in memory: `latest` moves only from the state that was read."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], HoldingsSnapshot] = {}
        self.versions: dict[tuple[str, str, str], HoldingsSnapshot] = {}

    def latest(self, user_id: str, account_id: str) -> HoldingsSnapshot | None:
        return self.rows.get((user_id, account_id))

    def latest_of(self, user_id: str, account_ids: Collection[str]) -> dict[str, HoldingsSnapshot]:
        found = {each: self.latest(user_id, each) for each in account_ids}
        return {account_id: row for account_id, row in found.items() if row is not None}

    def store(
        self, user_id: str, account_id: str, outcome: Outcome, *, before: HoldingsSnapshot | None
    ) -> bool:
        if outcome.latest is None:
            return True
        current = self.latest(user_id, account_id)
        if (current and current.revision) != (before and before.revision):
            return False
        if outcome.is_new_version:
            key = user_id, account_id, outcome.latest.version
            if key in self.versions:
                return False
            self.versions[key] = outcome.latest
        self.rows[user_id, account_id] = outcome.latest
        return True


class FakeTransactions:
    """The port Transactions in memory: rows by day and id, pages from the newest backwards."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, Transaction]] = {}

    def store(self, user_id: str, account_id: str, transactions: Sequence[Transaction]) -> None:
        rows = self.rows.setdefault((user_id, account_id), {})
        rows.update({_mark(each): each for each in transactions})

    def page(
        self, user_id: str, account_id: str, *, limit: int, after: str | None
    ) -> tuple[Sequence[Transaction], str | None]:
        rows = self.rows.get((user_id, account_id), {})
        marks = sorted((mark for mark in rows if after is None or mark < after), reverse=True)
        more = marks[limit - 1] if len(marks) > limit else None
        return [rows[mark] for mark in marks[:limit]], more


def _mark(transaction: Transaction) -> str:
    return f"TRANSACTION#{transaction.happened_on}#{transaction.id}"


class FakeBus:
    """The port Bus in memory: told to fail, it takes some of the events all the same."""

    def __init__(self) -> None:
        self.published: list[Event] = []
        self.failures = 0
        self.taken_before_failing = 0

    def publish(self, events: Sequence[Event]) -> None:
        if self.failures:
            self.failures -= 1
            self.published += events[: self.taken_before_failing]
            raise QueueUnavailable("event bus")
        self.published += events

    def kinds(self) -> list[str]:
        """Name what was told, in the order of telling."""
        return [str(event.kind) for event in self.published]


class FakeQueue[Order]:
    """The ports ReadQueue and RefreshQueue in memory."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.refuse_next = 0

    def send(self, orders: Iterable[Order]) -> Sequence[Order]:
        arriving = list(orders)
        refused, self.refuse_next = arriving[: self.refuse_next], 0
        self.orders += arriving[len(refused) :]
        return refused

    def drain(self) -> list[Order]:
        """Take everything out."""
        orders, self.orders = self.orders, []
        return orders


class FakeVault:
    """The port CredentialVault in memory."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Credential] = {}

    def find(self, user_id: str, name: str) -> Credential:
        try:
            return self.held[user_id, name]
        except KeyError as error:
            raise CredentialMissing(name) from error

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        self.held[user_id, name] = credential


@dataclass
class FakeProvider:
    """A provider with one connection; it keeps its own bill and fails as it is told to."""

    clock: FakeClock
    report: ConnectionReport = field(default_factory=a_report)
    accounts: list[AccountReport] = field(default_factory=list)
    holdings: dict[str, Holdings] = field(default_factory=dict)
    as_of: datetime | None = None
    billed: int = 0
    reads: int = 0
    refresh_failures: list[Exception] = field(default_factory=list)
    read_failures: dict[str, Exception] = field(default_factory=dict)
    reads_transactions: bool = True
    transactions: dict[str, list[Transaction]] = field(default_factory=dict)
    asked_since: list[date | None] = field(default_factory=list)
    syncs: int = 0
    sync_failures: list[Exception] = field(default_factory=list)
    during_refresh: Callable[[], None] | None = None


class FakeSession:
    """The port ProviderSession over a FakeProvider."""

    def __init__(self, provider: FakeProvider) -> None:
        self._provider = provider

    def connection(self) -> ConnectionReport:
        self._fail("connection")
        return self._provider.report

    def accounts(self) -> Sequence[AccountReport]:
        self._fail("accounts")
        return list(self._provider.accounts)

    def holdings(self, account: AccountReport) -> HoldingsReading:
        self._fail(account.provider_account_id)
        provider = self._provider
        default = some_holdings()
        return HoldingsReading(
            holdings=provider.holdings.get(account.provider_account_id, default),
            broker_as_of=provider.as_of,
            provider_synced_at=account.synced_at,
            started_at=provider.clock(),
            fetched_at=provider.clock(),
        )

    def refresh(self) -> ProviderAnswer:
        provider = self._provider
        failure = provider.refresh_failures.pop(0) if provider.refresh_failures else None
        if failure is None or not _is_surely_unbilled(failure):
            provider.billed += 1
        if provider.during_refresh is not None:
            provider.during_refresh()
        if failure is not None:
            raise failure
        return ProviderAnswer(provider="snaptrade", operation="refresh", status=200)

    @property
    def reads_transactions(self) -> bool:
        return self._provider.reads_transactions

    def transactions(self, account: AccountReport, *, since: date | None) -> Sequence[Transaction]:
        self._fail(f"transactions of {account.provider_account_id}")
        self._provider.asked_since.append(since)
        return list(identified(self._provider.transactions.get(account.provider_account_id, [])))

    def sync_transactions(self) -> ProviderAnswer:
        provider = self._provider
        provider.syncs += 1
        if provider.sync_failures:
            raise provider.sync_failures.pop(0)
        return ProviderAnswer(provider="snaptrade", operation="sync", status=200)

    def _fail(self, operation: str) -> None:
        self._provider.reads += 1
        failure = self._provider.read_failures.get(operation)
        if failure is not None:
            raise failure


def _is_surely_unbilled(failure: Exception) -> bool:
    if isinstance(failure, SecretUnavailable):
        return True  # without our keys nothing was sent
    return isinstance(failure, CallFailed) and failure.is_surely_unbilled


class FakeProviders:
    """The port Providers: fake providers by the provider's connection id."""

    def __init__(self) -> None:
        self.by_connection: dict[str, FakeProvider] = {}
        self.failure: Exception | None = None

    def open(self, connection: Connection) -> FakeSession:
        if self.failure is not None:
            raise self.failure
        try:
            return FakeSession(self.by_connection[connection.provider_connection_id])
        except KeyError as error:
            raise ProviderNotConfigured(connection.provider) from error
