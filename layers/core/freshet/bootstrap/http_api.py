"""What the HTTP API is built from."""

import os
from datetime import timedelta

from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.erasures import DynamoErasures
from freshet.adapters.dynamodb.inbox import DynamoInbox
from freshet.adapters.dynamodb.link_sessions import DynamoLinkSessions
from freshet.adapters.dynamodb.overview import DynamoOverview
from freshet.adapters.dynamodb.provider_users import DynamoProviderUsers
from freshet.adapters.dynamodb.snapshot_history import DynamoSnapshotHistory
from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
from freshet.adapters.dynamodb.transactions import DynamoTransactions
from freshet.adapters.dynamodb.user_requests import DynamoUserRequests
from freshet.adapters.queues import SqsRefreshQueue
from freshet.bootstrap.purchasing import purchasing_for
from freshet.bootstrap.vaults import lease_for, vault_for
from freshet.config import ApiSettings
from freshet.domain.freshness import FreshnessTargets
from freshet.http.application import Api, ApiDependencies
from freshet.http.caller import TokenPolicy
from freshet.http.resources import RESOURCES
from freshet.ports import LinkFlowDependencies
from freshet.registry import offers
from freshet.services.begin_removal import BeginRemovalDependencies
from freshet.services.enroll_connection import ConnectionEnrollment
from freshet.services.limit_user_rate import UserRateLimitDependencies
from freshet.services.linking import LinkDependencies
from freshet.services.refresh_records import PurchaseDependencies, RequestRefreshDependencies
from freshet.services.show_documented_holdings import ShowDocumentedDependencies
from freshet.services.show_holdings import ShowHoldingsDependencies
from freshet.wiring import client, side_by_side, table, utc_now
from freshet.wiring.providers import documents_for, link_flows_for, transactions_at


def api_for(settings: ApiSettings) -> Api:
    """Build the API with all its routes."""
    purchasing = purchasing_for(settings)
    snapshots_table = table(settings.snapshots_table)
    showing = ShowHoldingsDependencies(
        connections=purchasing.connections,
        accounts=purchasing.accounts,
        snapshots=DynamoSnapshots(snapshots_table),
        overview=DynamoOverview(table(settings.connections_table), snapshots_table),
        history=DynamoSnapshotHistory(
            snapshots_table, zone=settings.reporting_time_zone, clock=utc_now
        ),
        zone=settings.reporting_time_zone,
        transactions=DynamoTransactions(snapshots_table),
        targets=FreshnessTargets(
            ageing_after=timedelta(hours=settings.ageing_after_hours),
            stale_after=timedelta(hours=settings.stale_after_hours),
            prices_old_after=timedelta(days=settings.prices_old_after_days) or None,
            zone=settings.reporting_time_zone,
        ),
    )
    requesting = RequestRefreshDependencies(
        purchasing=purchasing,
        queue=SqsRefreshQueue(client("sqs"), settings.refresh_queue_url),
        overlapped=side_by_side,
        random_bytes=os.urandom,
        transactions_at=transactions_at(),
    )
    tokens = TokenPolicy(settings.user_id_claim, settings.default_user_scopes)
    api = Api(
        ApiDependencies(
            showing=showing,
            portfolio=ShowDocumentedDependencies(
                showing=showing, documents=documents_for(settings)
            ),
            removing=_removing_for(settings, purchasing),
            requesting=requesting,
            linking=_linking_for(settings, purchasing),
            pacing=UserRateLimitDependencies(
                DynamoUserRequests(table(settings.connections_table)), utc_now
            ),
            tokens=tokens,
            providers=settings.providers,
            offers=offers(),
        )
    )
    for resource in RESOURCES:
        resource.add_routes(api)
    return api


def _linking_for(settings: ApiSettings, purchasing: PurchaseDependencies) -> LinkDependencies:
    connections_table = table(settings.connections_table)
    connections = DynamoConnections(connections_table)
    sessions = DynamoLinkSessions(connections_table)
    lease = lease_for(settings)
    enrollment = ConnectionEnrollment(
        sessions=sessions,
        inbox=DynamoInbox(connections_table),
        connections=connections,
        reads=purchasing.reads,
        random_bytes=os.urandom,
        clock=utc_now,
    )
    needed = LinkFlowDependencies(
        sessions=sessions,
        users=lambda provider: DynamoProviderUsers(connections_table, provider),
        lease=lease,
        vault=vault_for(settings, lease),
        owners=connections,
        connections=connections,
        enrollment=enrollment,
        random_bytes=os.urandom,
        clock=utc_now,
    )
    return LinkDependencies(
        sessions=sessions,
        connections=connections,
        reads=purchasing.reads,
        users=DynamoUserRequests(connections_table),
        flows=link_flows_for(settings, needed),
        redirect_uris=settings.link_redirect_uris,
        random_bytes=os.urandom,
        clock=utc_now,
    )


def _removing_for(
    settings: ApiSettings, purchasing: PurchaseDependencies
) -> BeginRemovalDependencies:
    return BeginRemovalDependencies(
        connections=purchasing.connections,
        erasures=DynamoErasures(table(settings.connections_table)),
        queue=SqsRefreshQueue(client("sqs"), settings.refresh_queue_url),
        random_bytes=os.urandom,
        clock=purchasing.clock,
    )
