"""Providers that answer, fail and bill as they are told to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from freshet.domain.account import AccountReport
from freshet.domain.call_errors import CallFailed, MissingUpstream, ProviderAnswer
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport
from freshet.domain.days import DayRange
from freshet.domain.errors import ProviderNotConfigured, SecretUnavailable
from freshet.domain.holdings import Holdings
from freshet.domain.provider import Provider
from freshet.domain.snapshot import HoldingsReading
from freshet.domain.transaction_windows import WindowRead, window_read
from freshet.domain.transactions import Transaction
from tests.builders import a_report, some_holdings
from tests.fakes.clock import FakeClock


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
    expected: list[tuple[int, bool]] = field(default_factory=list)
    refresh_failures: list[Exception] = field(default_factory=list)
    read_failures: dict[str, Exception] = field(default_factory=dict)
    reads_transactions: bool = True
    transactions: dict[str, list[Transaction]] = field(default_factory=dict)
    asked_since: list[date | None] = field(default_factory=list)
    syncs: int = 0
    sync_failures: list[Exception] = field(default_factory=list)
    during_refresh: Callable[[], None] | None = None
    during_transactions: Callable[[], None] | None = None
    lists_all_transactions: bool = True
    asked_to_remove: int = 0
    remove_failures: list[Exception] = field(default_factory=list)
    removes_at_once: bool = True
    is_removed: bool = False


class FakeSession:
    """The port ProviderSession over a FakeProvider."""

    def __init__(self, provider: FakeProvider) -> None:
        self._provider = provider
        self._reads_before = provider.reads

    def expect(self, calls: int, *, is_awaited: bool) -> None:
        self._provider.expected.append((calls, is_awaited))

    @property
    def calls(self) -> int:
        return self._provider.reads - self._reads_before

    def connection(self) -> ConnectionReport:
        self._fail("connection")
        return self._provider.report

    def look(self) -> ConnectionReport:
        return self.connection()

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

    def transactions(self, account: AccountReport, *, since: date | None) -> WindowRead:
        provider = self._provider
        self._fail(f"transactions of {account.provider_account_id}")
        provider.asked_since.append(since)
        listed = provider.transactions.get(account.provider_account_id, [])
        days = DayRange(first=since)
        read = window_read(days, listed, is_whole=provider.lists_all_transactions)
        if provider.during_transactions is not None:
            provider.during_transactions()
        return read

    def sync_transactions(self) -> ProviderAnswer:
        provider = self._provider
        provider.syncs += 1
        if provider.sync_failures:
            raise provider.sync_failures.pop(0)
        return ProviderAnswer(provider="snaptrade", operation="sync", status=200)

    def remove(self) -> ProviderAnswer:
        provider = self._provider
        provider.asked_to_remove += 1
        if provider.remove_failures:
            raise provider.remove_failures.pop(0)
        answer = ProviderAnswer(provider="snaptrade", operation="remove_connection", status=200)
        if provider.is_removed:
            raise MissingUpstream(answer)
        provider.is_removed = provider.removes_at_once
        return answer

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
            return FakeSession(self.by_connection[connection.link.provider_connection_id])
        except KeyError as error:
            raise ProviderNotConfigured(connection.provider) from error


class FakeUpstreamUsers:
    """The port UpstreamUsers: a user who is deleted is missing when asked about again."""

    def __init__(self) -> None:
        self.deleted: set[tuple[Provider, str]] = set()
        self.failures: list[Exception] = []

    def delete(self, provider: Provider, subject: str) -> ProviderAnswer:
        if self.failures:
            raise self.failures.pop(0)
        answer = ProviderAnswer(provider=str(provider), operation="delete_user", status=200)
        if (provider, subject) in self.deleted:
            raise MissingUpstream(answer)
        self.deleted.add((provider, subject))
        return answer
