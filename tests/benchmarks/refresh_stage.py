"""The services, the limiter and the clients as deployed, over fakes and in virtual time."""

import heapq
import random
from collections.abc import Iterable, Sequence
from copy import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.adapters.providers import ConfiguredProviders
from freshet.adapters.rate_guard import Circuit, QuotaLease, RateGuard
from freshet.adapters.snaptrade.buyer import SnapTradeBuyer
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.session import SnapTradeSession
from freshet.domain.commands import ReadCommand, RefreshCommand, RemovalCommand
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential, Secret
from freshet.domain.provider import Provider
from freshet.domain.quota import IMPATIENT, PATIENT, QuotaRate
from freshet.domain.schedule import TurnCapacity
from freshet.registry import TRAITS
from freshet.services.plan_turn import PlanTurnDependencies
from freshet.services.refresh_records import PurchaseDependencies, RequestRefreshDependencies
from freshet.services.take_snapshots import TakeSnapshotsDependencies
from tests.benchmarks.refresh_bucket import DistantBucket
from tests.benchmarks.refresh_provider import LimitedProvider
from tests.benchmarks.virtual_time import VirtualTime
from tests.builders import NEW_YORK, a_connection, a_policy
from tests.fakes import (
    FakeAccountRegister,
    FakeAccounts,
    FakeBudgets,
    FakeBus,
    FakeConnections,
    FakeErasures,
    FakeReadAllowance,
    FakeRecentVerdicts,
    FakeRefreshes,
    FakeSnapshots,
    FakeTransactions,
    FakeVault,
    one_after_another,
)
from tests.integration.bench import FixedKeys

_KEYS = FixedKeys(SnapTradeKeys("client", Secret("invented-key")))
_USER = Credential("provider-user", Secret("invented-secret"))


class VirtualQueue[Command: ReadCommand | RefreshCommand | RemovalCommand]:
    """A queue whose messages appear when their delay, in whole seconds, is over."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self._order = count()
        self._messages: list[tuple[datetime, int, Command]] = []

    def send(self, commands: Iterable[Command]) -> Sequence[Command]:
        """Take commands in."""
        for command in commands:
            delay = timedelta(seconds=command.delay // timedelta(seconds=1))
            heapq.heappush(self._messages, (self._time() + delay, next(self._order), command))
        return []

    def take(self) -> Command | None:
        """Give what has been visible for longest, if anything is."""
        if not self._messages or self._messages[0][0] > self._time():
            return None
        return heapq.heappop(self._messages)[2]


class _Vault(FakeVault):
    def find(self, user_id: str, name: str) -> Credential:
        return _USER


class RefreshStage:
    """One deployment with one provider key."""

    def __init__(self, time: VirtualTime, provider: LimitedProvider) -> None:
        self.time = time
        self.provider = provider
        self.bucket = DistantBucket(time)
        self.connections = FakeConnections()
        self.accounts = FakeAccounts(self.connections)
        self.refreshes = FakeRefreshes(self.connections)
        self.snapshots = FakeSnapshots()
        self.allowance = FakeReadAllowance()
        self.verdicts = FakeRecentVerdicts()
        self.reads: VirtualQueue[ReadCommand] = VirtualQueue(time)
        self.buys: VirtualQueue[RefreshCommand | RemovalCommand] = VirtualQueue(time)

    def add(self, number: int, *, due_at: datetime) -> Connection:
        """Register a connection of a user of its own."""
        connection = a_connection(
            id=f"con_{number:024d}".translate(str.maketrans("0189", "wxyz")),
            user_id=f"user-{number}",
            provider_connection_id=f"authorization-{number}",
            due_at=due_at,
            next_read_at=due_at,
        )
        return self.connections.add(connection, provider_user_id=None)

    def planning(self) -> PlanTurnDependencies:
        """Give the planner's parts."""
        per_minute = QuotaRate.for_limit(self.provider.limit).steady_per_minute
        return PlanTurnDependencies(
            due=self.connections,
            erasures=FakeErasures(self.connections),
            reads=self.reads,
            refreshes=self.buys,
            capacities={Provider.SNAPTRADE: TurnCapacity(per_minute, per_minute)},
            traits=TRAITS,
            clock=self.time,
        )

    def reading(self) -> TakeSnapshotsDependencies:
        """Give one worker's parts."""
        return TakeSnapshotsDependencies(
            connections=self.connections,
            accounts=self.accounts,
            register=FakeAccountRegister(self.accounts, self.connections),
            erasures=FakeErasures(self.connections),
            refreshes=self.refreshes,
            snapshots=self.snapshots,
            transactions=FakeTransactions(),
            providers=self._providers(self._reader),
            allowance=self.allowance,
            bus=FakeBus(),
            verdicts=self.verdicts,
            traits=TRAITS,
            zone=NEW_YORK,
            clock=self.time,
        )

    def requesting(self, seed: int) -> RequestRefreshDependencies:
        """Give the API's parts."""
        purchasing = PurchaseDependencies(
            connections=self.connections,
            accounts=self.accounts,
            refreshes=self.refreshes,
            budgets=FakeBudgets(self.refreshes, self.connections),
            providers=self._providers(self._buyer),
            reads=self.reads,
            bus=FakeBus(),
            verdicts=self.verdicts,
            traits=TRAITS,
            policy=a_policy(monthly_budget=Decimal(1_000_000)),
            clock=self.time,
        )
        return RequestRefreshDependencies(
            purchasing=purchasing,
            queue=self.buys,
            overlapped=one_after_another,
            random_bytes=random.Random(seed).randbytes,  # noqa: S311 - the same ids in every run
            transactions_at=frozenset(),
        )

    def _providers(self, opener: Any) -> ConfiguredProviders[Any]:
        return ConfiguredProviders(vault=_Vault(), openers={Provider.SNAPTRADE: opener})

    def _reader(self, connection: Connection, user: Credential) -> SnapTradeSession:
        http_client = self._http_client(IMPATIENT)
        quota_lease = QuotaLease(http_client.rate_guard.quota)
        client = SnapTradeClient(
            replace(http_client, rate_guard=replace(http_client.rate_guard, quota=quota_lease))
        )
        return SnapTradeSession(client, user, connection.link.provider_connection_id, quota_lease)

    def _buyer(self, connection: Connection, user: Credential) -> SnapTradeBuyer:
        return SnapTradeBuyer(
            self._http_client(PATIENT), user, connection.link.provider_connection_id
        )

    def _http_client(self, patience: timedelta) -> SnapTradeHttpClient:
        rate = QuotaRate.for_limit(self.provider.limit)
        quota = DynamoQuota(
            self.bucket, "snaptrade", rate, clock=self.time, wait=self.time.wait, patience=patience
        )
        return SnapTradeHttpClient(
            base_url="https://provider.example",
            keys=_KEYS,
            transport=self.provider,
            rate_guard=RateGuard(quota, Circuit(), self.time),
            clock=self.time,
        )
