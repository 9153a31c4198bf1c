"""What removing is built from: the API's part, and the worker's."""

import os

from freshet.adapters.dynamodb.eraser import DynamoEraser
from freshet.adapters.dynamodb.erasures import DynamoErasures
from freshet.adapters.dynamodb.provider_users import DynamoProviderUsers
from freshet.adapters.queues import SqsRefreshQueue
from freshet.config import ApiSettings, RefreshConnectionSettings
from freshet.services.begin_removal import Removing
from freshet.services.billable_call import Purchasing
from freshet.services.erase_connection import Erasing
from freshet.wiring import client, table
from freshet.wiring.buyers import users_for
from freshet.wiring.vaults import vault_for


def removing_for(settings: ApiSettings, purchasing: Purchasing) -> Removing:
    """Build what takes wishes."""
    return Removing(
        connections=purchasing.connections,
        erasures=DynamoErasures(table(settings.connections_table)),
        queue=SqsRefreshQueue(client("sqs"), settings.refresh_queue_url),
        random_bytes=os.urandom,
        clock=purchasing.clock,
    )


def erasing_for(settings: RefreshConnectionSettings, purchasing: Purchasing) -> Erasing:
    """Build what carries them out."""
    connections_table = table(settings.connections_table)
    return Erasing(
        erasures=DynamoErasures(connections_table),
        connections=purchasing.connections,
        accounts=purchasing.accounts,
        refreshes=purchasing.refreshes,
        providers=purchasing.providers,
        users=DynamoProviderUsers(connections_table),
        provider_users=users_for(settings),
        vault=vault_for(settings),
        eraser=DynamoEraser(connections_table, table(settings.snapshots_table)),
        clock=purchasing.clock,
    )
