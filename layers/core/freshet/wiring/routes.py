"""What the HTTP API is built from."""

import os
from datetime import timedelta

from freshet.adapters.dynamodb.budgets import DynamoBudgets
from freshet.adapters.dynamodb.pacing import DynamoUserPacing
from freshet.adapters.dynamodb.reference_data import DynamoReferenceData
from freshet.adapters.dynamodb.snapshot_history import DynamoSnapshotHistory
from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
from freshet.adapters.dynamodb.transactions import DynamoTransactions
from freshet.adapters.queues import SqsRefreshQueue
from freshet.adapters.snaptrade.documented import SnapTradeDocuments
from freshet.adapters.snaptrade.reference import SnapTradeReference
from freshet.adapters.transport import Transport
from freshet.config import ApiSettings
from freshet.domain.freshness import FreshnessTargets
from freshet.domain.quota import ASIDE
from freshet.http.application import Api, ApiParts
from freshet.http.caller import TokenPolicy
from freshet.http.resources import RESOURCES
from freshet.ports import Clock, UserLease
from freshet.services.billable_call import Purchasing
from freshet.services.keep_pace import Pacing
from freshet.services.register_connection import Registering
from freshet.services.request_refresh import Requesting
from freshet.services.show_documented_holdings import ShowingDocumented
from freshet.services.show_holdings import Showing
from freshet.wiring import client, table, utc_now
from freshet.wiring.linking import linking_for
from freshet.wiring.removing import removing_for
from freshet.wiring.wires import Wires


def api_for(
    settings: ApiSettings, purchasing: Purchasing, registering: Registering, lease: UserLease
) -> Api:
    """Build the API with all its routes."""
    snapshots_table = table(settings.snapshots_table)
    showing = Showing(
        connections=purchasing.connections,
        accounts=purchasing.accounts,
        snapshots=DynamoSnapshots(snapshots_table),
        history=DynamoSnapshotHistory(
            snapshots_table, zone=settings.reporting_time_zone, clock=utc_now
        ),
        zone=settings.reporting_time_zone,
        transactions=DynamoTransactions(snapshots_table),
        targets=FreshnessTargets(
            ageing_after=timedelta(hours=settings.ageing_after_hours),
            stale_after=timedelta(hours=settings.stale_after_hours),
        ),
    )
    requesting = Requesting(
        purchasing=purchasing,
        budgets=DynamoBudgets(table(settings.connections_table)),
        queue=SqsRefreshQueue(client("sqs"), settings.refresh_queue_url),
        random_bytes=os.urandom,
        plaid_transactions=settings.plaid_transactions,
    )
    tokens = TokenPolicy(settings.user_id_claim, frozenset(settings.default_user_scopes.split()))
    api = Api(
        ApiParts(
            showing=showing,
            portfolio=ShowingDocumented(
                showing=showing, snaptrade=_snaptrade_documents(settings, purchasing.clock)
            ),
            removing=removing_for(settings, purchasing),
            requesting=requesting,
            linking=linking_for(settings, registering, lease),
            pacing=Pacing(DynamoUserPacing(table(settings.connections_table)), utc_now),
            tokens=tokens,
            providers=settings.providers,
            webhook_urls=settings.webhook_urls(),
        )
    )
    for resource in RESOURCES:
        resource.add_routes(api)
    return api


def _snaptrade_documents(settings: ApiSettings, clock: Clock) -> SnapTradeDocuments:
    wire = Wires(settings, ASIDE, Transport()).snaptrade()
    return SnapTradeDocuments(
        source=SnapTradeReference(wire),
        kept=DynamoReferenceData(table(settings.connections_table)),
        clock=clock,
    )
