"""What buying is built from."""

from freshet.adapters.bus import EventBridgeBus
from freshet.adapters.dynamodb.accounts import DynamoAccounts
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.refreshes import DynamoRefreshes
from freshet.adapters.queues import SqsReadQueue
from freshet.config import PurchaseSettings
from freshet.services.billable_call import Purchasing
from freshet.wiring import client, table, utc_now
from freshet.wiring.buyers import buyers_for


def purchasing_for(settings: PurchaseSettings) -> Purchasing:
    """Build the parts of a purchase."""
    connections_table = table(settings.connections_table)
    return Purchasing(
        connections=DynamoConnections(connections_table),
        accounts=DynamoAccounts(connections_table),
        refreshes=DynamoRefreshes(connections_table),
        providers=buyers_for(settings),
        reads=SqsReadQueue(client("sqs"), settings.snapshot_queue_url),
        bus=EventBridgeBus(client("events"), settings.event_bus_name),
        policy=settings.policy(),
        clock=utc_now,
    )
