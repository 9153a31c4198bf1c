"""What purchases and removals are built from."""

from freshet.adapters.bus import EventBridgeBus
from freshet.adapters.dynamodb.accounts import DynamoAccounts
from freshet.adapters.dynamodb.budgets import DynamoBudgets
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.recent_verdicts import DynamoRecentVerdicts
from freshet.adapters.dynamodb.refreshes import DynamoRefreshes
from freshet.adapters.queues import SqsReadQueue
from freshet.bootstrap.vaults import vault_for
from freshet.config import PurchaseSettings, RefreshConnectionSettings
from freshet.registry import TRAITS
from freshet.services.erase_connection import ErasureDependencies
from freshet.services.refresh_records import PurchaseDependencies
from freshet.wiring import client, table, utc_now
from freshet.wiring.providers import buyers_for, prices, users_for


def purchasing_for(settings: PurchaseSettings) -> PurchaseDependencies:
    """Build the dependencies of a purchase."""
    connections_table = table(settings.connections_table)
    return PurchaseDependencies(
        connections=DynamoConnections(connections_table),
        accounts=DynamoAccounts(connections_table),
        refreshes=DynamoRefreshes(connections_table),
        budgets=DynamoBudgets(connections_table),
        providers=buyers_for(settings, vault_for(settings)),
        reads=SqsReadQueue(client("sqs"), settings.snapshot_queue_url),
        bus=EventBridgeBus(client("events"), settings.event_bus_name),
        verdicts=DynamoRecentVerdicts(connections_table),
        policy=settings.policy(prices()),
        traits=TRAITS,
        clock=utc_now,
    )


def erasing_for(
    settings: RefreshConnectionSettings, purchasing: PurchaseDependencies
) -> ErasureDependencies:
    """Build the dependencies of a removal."""
    from freshet.adapters.dynamodb.eraser import DynamoEraser
    from freshet.adapters.dynamodb.erasures import DynamoErasures
    from freshet.adapters.dynamodb.provider_users import DynamoProviderUsers

    connections_table = table(settings.connections_table)
    return ErasureDependencies(
        erasures=DynamoErasures(connections_table),
        connections=purchasing.connections,
        accounts=purchasing.accounts,
        refreshes=purchasing.refreshes,
        providers=purchasing.providers,
        users={
            each: DynamoProviderUsers(connections_table, each)
            for each, traits in TRAITS.items()
            if not traits.has_credential_per_connection
        },
        provider_users=users_for(settings),
        vault=vault_for(settings),
        eraser=DynamoEraser(connections_table, table(settings.snapshots_table)),
        traits=TRAITS,
        clock=purchasing.clock,
    )
