"""The services on fakes, around one connection of one user."""

from datetime import timedelta
from typing import Any

from freshet.domain.commands import ReadCommand, ReadReason, RefreshCommand, RemovalCommand
from freshet.domain.connection import Connection
from freshet.domain.freshness import FreshnessTargets
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.refresh import Refresh
from freshet.domain.refresh_request import RefreshRequest
from freshet.domain.schedule import TurnCapacity
from freshet.domain.webhooks import WebhookEvent
from freshet.registry import TRAITS
from freshet.services.begin_removal import BeginRemovalDependencies
from freshet.services.erase_connection import ErasureDependencies
from freshet.services.plan_turn import PlanTurnDependencies, plan_turn
from freshet.services.process_webhook import ProcessWebhookDependencies, process_webhook
from freshet.services.refresh_connection import purchase_refresh, refresh_connection
from freshet.services.refresh_records import (
    Purchase,
    PurchaseDependencies,
    RequestRefreshDependencies,
)
from freshet.services.request_refresh import request_refresh
from freshet.services.show_holdings import ShowHoldingsDependencies
from freshet.services.take_snapshots import TakeSnapshotsDependencies, take_snapshots
from freshet.services.work_removal import work_removal
from tests.builders import (
    CONNECTION_ID,
    NEW_YORK,
    NOON,
    USER,
    a_connection,
    a_policy,
    a_refresh_command,
    an_account,
    an_account_report,
    zeros,
)
from tests.fakes import (
    FakeAccountRegister,
    FakeAccounts,
    FakeBudgets,
    FakeBus,
    FakeClock,
    FakeConnections,
    FakeEraser,
    FakeErasures,
    FakeInbox,
    FakeOverview,
    FakeProvider,
    FakeProviders,
    FakeQueue,
    FakeReadAllowance,
    FakeRecentVerdicts,
    FakeRefreshes,
    FakeSnapshots,
    FakeTransactions,
    FakeUpstreamUsers,
    FakeVault,
    one_after_another,
)
from tests.fakes.linking import FakeProviderUsers

ACCOUNT_ID = an_account().id


def a_request(**changes: Any) -> RefreshRequest:
    """A request of the stage's user for the stage's connection."""
    values: dict[str, Any] = {"user_id": USER, "connection_id": CONNECTION_ID, "actor": USER}
    return RefreshRequest(**(values | changes))


class Stage:
    """One connection with one account, known to us and to the provider."""

    def __init__(
        self,
        *,
        policy: dict[str, Any] | None = None,
        reads_transactions: bool = False,
        traits: TraitsByProvider = TRAITS,
        **connection: Any,
    ) -> None:
        self.reads_transactions = reads_transactions
        self.traits = traits
        self.clock = FakeClock(NOON)
        self.connections = FakeConnections()
        self.accounts = FakeAccounts(self.connections)
        self.register = FakeAccountRegister(self.accounts, self.connections)
        self.erasures = FakeErasures(self.connections)
        self.refreshes = FakeRefreshes(self.connections)
        self.budgets = FakeBudgets(self.refreshes, self.connections)
        self.snapshots = FakeSnapshots()
        self.transactions = FakeTransactions()
        self.bus = FakeBus()
        self.inbox = FakeInbox(self.connections)
        self.reads: FakeQueue[ReadCommand] = FakeQueue()
        self.buys: FakeQueue[RefreshCommand | RemovalCommand] = FakeQueue()
        self.vault = FakeVault()
        self.users = FakeProviderUsers(self.connections)
        self.provider_users = FakeUpstreamUsers()
        self.allowance = FakeReadAllowance()
        self.verdicts = FakeRecentVerdicts()
        self.provider = FakeProvider(self.clock, accounts=[an_account_report()])
        self.providers = FakeProviders()
        self.providers.by_connection["authorization-1"] = self.provider
        self.policy = a_policy(**(policy or {}))
        self.eraser = FakeEraser(
            connections=self.connections,
            accounts=self.accounts,
            refreshes=self.refreshes,
            snapshots=self.snapshots,
            transactions=self.transactions,
            inbox=self.inbox,
        )
        self.connections.add(a_connection(**connection), provider_user_id=None)
        self.accounts.rows[USER, ACCOUNT_ID] = an_account()

    @property
    def connection(self) -> Connection:
        return self.connections.get(USER, CONNECTION_ID)

    @property
    def refresh_commands(self) -> list[RefreshCommand]:
        """What waits in the queue of refreshes, but for removals."""
        return [each for each in self.buys.commands if isinstance(each, RefreshCommand)]

    @property
    def purchasing(self) -> PurchaseDependencies:
        return PurchaseDependencies(
            connections=self.connections,
            accounts=self.accounts,
            refreshes=self.refreshes,
            budgets=self.budgets,
            providers=self.providers,
            reads=self.reads,
            bus=self.bus,
            verdicts=self.verdicts,
            policy=self.policy,
            traits=self.traits,
            clock=self.clock,
        )

    @property
    def reading(self) -> TakeSnapshotsDependencies:
        return TakeSnapshotsDependencies(
            connections=self.connections,
            accounts=self.accounts,
            register=self.register,
            erasures=self.erasures,
            refreshes=self.refreshes,
            snapshots=self.snapshots,
            transactions=self.transactions,
            providers=self.providers,
            allowance=self.allowance,
            verdicts=self.verdicts,
            bus=self.bus,
            traits=self.traits,
            zone=NEW_YORK,
            clock=self.clock,
        )

    @property
    def planning(self) -> PlanTurnDependencies:
        return PlanTurnDependencies(
            due=self.connections,
            erasures=self.erasures,
            reads=self.reads,
            refreshes=self.buys,
            capacities={provider: TurnCapacity(250, 250) for provider in self.traits},
            traits=self.traits,
            clock=self.clock,
        )

    @property
    def requesting(self) -> RequestRefreshDependencies:
        return RequestRefreshDependencies(
            purchasing=self.purchasing,
            queue=self.buys,
            random_bytes=zeros,
            overlapped=one_after_another,
            transactions_at=frozenset(self.traits) if self.reads_transactions else frozenset(),
        )

    @property
    def showing(self) -> ShowHoldingsDependencies:
        return ShowHoldingsDependencies(
            connections=self.connections,
            accounts=self.accounts,
            snapshots=self.snapshots,
            overview=FakeOverview(self.connections, self.accounts, self.snapshots),
            history=self.snapshots,
            transactions=self.transactions,
            zone=NEW_YORK,
            targets=FreshnessTargets(timedelta(hours=26), timedelta(hours=50)),
        )

    @property
    def processing(self) -> ProcessWebhookDependencies:
        return ProcessWebhookDependencies(
            owners=self.connections,
            inbox=self.inbox,
            connections=self.connections,
            erasures=self.erasures,
            reads=self.reads,
            debounce=timedelta(seconds=5),
            random_bytes=lambda count: b"\x01" * count,
            clock=self.clock,
        )

    @property
    def removing(self) -> BeginRemovalDependencies:
        return BeginRemovalDependencies(
            connections=self.connections,
            erasures=self.erasures,
            queue=self.buys,
            random_bytes=zeros,
            clock=self.clock,
        )

    @property
    def erasing(self) -> ErasureDependencies:
        return ErasureDependencies(
            erasures=self.erasures,
            connections=self.connections,
            accounts=self.accounts,
            refreshes=self.refreshes,
            providers=self.providers,
            users={
                each: self.users
                for each, traits in self.traits.items()
                if not traits.has_credential_per_connection
            },
            provider_users=self.provider_users,
            vault=self.vault,
            eraser=self.eraser,
            traits=self.traits,
            clock=self.clock,
        )

    def buy(self, command: RefreshCommand | None = None, *, may_wait: bool = True) -> Purchase:
        return purchase_refresh(
            command or a_refresh_command(), deps=self.purchasing, may_wait=may_wait
        )

    def press(self, key: str | None = None, **request: Any) -> Purchase:
        return request_refresh(a_request(idempotency_key=key, **request), deps=self.requesting)

    def also_link(self, letter: str, **changes: Any) -> str:
        """Add another connection of the same user, known to the same provider."""
        connection_id, authorization = "con_" + letter * 24, f"authorization-{letter}"
        values = {"id": connection_id, "provider_connection_id": authorization} | changes
        self.connections.add(a_connection(**values), provider_user_id=None)
        self.providers.by_connection[authorization] = self.provider
        return connection_id

    def work(self, command: RefreshCommand | RemovalCommand | None = None) -> None:
        if isinstance(command, RemovalCommand):
            work_removal(command, deps=self.erasing)
        else:
            refresh_connection(command or a_refresh_command(), deps=self.purchasing)

    def read(self, reason: ReadReason = ReadReason.DUE) -> None:
        command = ReadCommand(user_id=USER, connection_id=CONNECTION_ID, reason=reason)
        take_snapshots(command, deps=self.reading)

    def hear(self, event: WebhookEvent) -> None:
        process_webhook(event, deps=self.processing)

    def plan(self) -> int:
        return plan_turn(deps=self.planning)

    def drain(self) -> None:
        """Work what waits in the queues."""
        for command in self.buys.drain():
            self.work(command)
        for read in self.reads.drain():
            take_snapshots(read, deps=self.reading)

    def refresh(self, refresh_id: str | None = None) -> Refresh:
        return self.refreshes.get(USER, refresh_id or a_refresh_command().refresh_id)

    def later(self, **step: float) -> None:
        self.clock.advance(timedelta(**step))
