"""Every table-backed port, real or fake, behind one name each."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.account_register import DynamoAccountRegister
from freshet.adapters.dynamodb.accounts import DynamoAccounts
from freshet.adapters.dynamodb.audit import DynamoAuditBook
from freshet.adapters.dynamodb.budgets import DynamoBudgets
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.eraser import DynamoEraser
from freshet.adapters.dynamodb.erasures import DynamoErasures
from freshet.adapters.dynamodb.inbox import DynamoInbox
from freshet.adapters.dynamodb.overview import DynamoOverview
from freshet.adapters.dynamodb.reference_data import DynamoReferenceData
from freshet.adapters.dynamodb.refresh_items import ledger_from_item
from freshet.adapters.dynamodb.refreshes import DynamoRefreshes
from freshet.adapters.dynamodb.snapshot_history import DynamoSnapshotHistory
from freshet.adapters.dynamodb.snapshot_store import DynamoSnapshotStore
from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
from freshet.adapters.dynamodb.table import Table
from freshet.adapters.dynamodb.transactions import DynamoTransactions
from freshet.domain.ledger import LedgerEntry
from tests.builders import CONNECTION_ID, NEW_YORK, NOON, USER
from tests.clients import DynamoDB
from tests.fakes import (
    FakeAccountRegister,
    FakeAccounts,
    FakeAuditBook,
    FakeBudgets,
    FakeConnections,
    FakeEraser,
    FakeErasures,
    FakeInbox,
    FakeOverview,
    FakeReferenceData,
    FakeRefreshes,
    FakeSnapshots,
    FakeTransactions,
)

RETENTION = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Stores:
    """The ports on one deployment's tables, or on their twins."""

    connections: DynamoConnections | FakeConnections
    accounts: DynamoAccounts | FakeAccounts
    register: DynamoAccountRegister | FakeAccountRegister
    refreshes: DynamoRefreshes | FakeRefreshes
    budgets: DynamoBudgets | FakeBudgets
    inbox: DynamoInbox | FakeInbox
    snapshots: DynamoSnapshotStore | FakeSnapshots
    shown: DynamoSnapshots | FakeSnapshots
    overview: DynamoOverview | FakeOverview
    history: DynamoSnapshotHistory | FakeSnapshots
    transactions: DynamoTransactions | FakeTransactions
    reference_data: DynamoReferenceData | FakeReferenceData
    audit: DynamoAuditBook | FakeAuditBook
    erasures: DynamoErasures | FakeErasures
    eraser: DynamoEraser | FakeEraser
    client: DynamoDB | None = None

    def spent(
        self, day: str = "2026-11-20", month: str = "2026-11"
    ) -> dict[str, tuple[int, Decimal]]:
        """Give calls of the day and money of the month for each budget."""
        if isinstance(self.refreshes, FakeRefreshes):
            names = {
                "connection": f"connection {CONNECTION_ID}",
                "user": f"user {USER}",
                "deployment": "deployment",
            }
            calls, spent = self.refreshes.calls, self.refreshes.spent
            return {
                scope: (calls.get((name, day), 0), spent.get((name, month), Decimal(0)))
                for scope, name in names.items()
            }
        rows = {
            "connection": keys.connection_budget(USER, CONNECTION_ID),
            "user": keys.user_budget(USER),
            "deployment": keys.deployment_budget(),
        }
        found = {scope: self.connections_table().get(key) or {} for scope, key in rows.items()}
        return {
            scope: (int(row.get(f"calls_{day}", 0)), row.get(f"spent_{month}", Decimal(0)))
            for scope, row in found.items()
        }

    def ledger(self) -> list[LedgerEntry]:
        """Give the calls of the user's ledger in the order of time."""
        if isinstance(self.refreshes, FakeRefreshes):
            return [self.refreshes.ledger[key] for key in sorted(self.refreshes.ledger)]
        rows = self.connections_table().query(f"USER#{USER}", "LEDGER#")
        return [ledger_from_item(row) for row in rows if "cost" in row]

    def stop_purchases(self) -> None:
        """Turn the kill switch."""
        self.budgets.stop_purchases(is_stopped=True)

    def connections_table(self) -> Table:
        """Give the table of connections of a real deployment."""
        assert self.client is not None
        return Table(self.client, "connections")


def fake_stores() -> Stores:
    """Build the twins."""
    connections = FakeConnections()
    refreshes = FakeRefreshes(connections)
    snapshots, transactions = FakeSnapshots(), FakeTransactions()
    accounts, inbox = FakeAccounts(connections), FakeInbox(connections)
    return Stores(
        connections,
        accounts,
        FakeAccountRegister(accounts, connections),
        refreshes,
        FakeBudgets(refreshes, connections),
        inbox,
        snapshots,
        snapshots,
        FakeOverview(connections, accounts, snapshots),
        snapshots,
        transactions,
        FakeReferenceData(),
        FakeAuditBook(),
        FakeErasures(connections),
        FakeEraser(connections, accounts, refreshes, snapshots, transactions, inbox),
    )


def dynamo_stores(client: DynamoDB) -> Stores:
    """Build the real ones on both tables."""
    table, snapshots = Table(client, "connections"), Table(client, "snapshots")
    return Stores(
        DynamoConnections(table),
        DynamoAccounts(table),
        DynamoAccountRegister(table),
        DynamoRefreshes(table),
        DynamoBudgets(table),
        DynamoInbox(table, retention=timedelta(days=30)),
        DynamoSnapshotStore(snapshots, retention=RETENTION, zone=NEW_YORK),
        DynamoSnapshots(snapshots),
        DynamoOverview(table, snapshots),
        DynamoSnapshotHistory(snapshots, zone=NEW_YORK, clock=lambda: NOON),
        DynamoTransactions(snapshots),
        DynamoReferenceData(table),
        DynamoAuditBook(table),
        DynamoErasures(table),
        DynamoEraser(table, snapshots),
        client,
    )
