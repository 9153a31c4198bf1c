"""Composition root: the only place that knows which adapter is real.

One builder for each function, its imports inside, so that a function loads what it needs and no
more; the result is kept for the life of the execution environment.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from freshet.config import (
    ApiSettings,
    PlanRefreshesSettings,
    ProcessWebhookSettings,
    PurchaseSettings,
    ReceiveWebhookSettings,
    RefreshConnectionSettings,
    SnapTradeSettings,
    TakeSnapshotsSettings,
)

if TYPE_CHECKING:
    from freshet.adapters.dynamodb.table import Table
    from freshet.domain.orders import ReadOrder, RefreshOrder
    from freshet.http.application import Api
    from freshet.operations import Operator
    from freshet.ports import Providers
    from freshet.services.accept_webhook import Delivery
    from freshet.services.purchase_refresh import Purchasing


def utc_now() -> datetime:
    """Read the system's clock: the one place that does."""
    return datetime.now(UTC)


@cache
def receive_webhook() -> "Callable[[Delivery], None]":
    """Build the receiver: Secrets Manager, one queue, no pydantic."""
    from freshet.adapters.queues import SqsWebhookQueue
    from freshet.adapters.snaptrade.keys import SecretSnapTradeKeys
    from freshet.adapters.snaptrade.webhooks import SnapTradeVerifier
    from freshet.domain.provider import Provider
    from freshet.services.accept_webhook import accept_webhook

    settings = ReceiveWebhookSettings.from_env(os.environ)
    keys = SecretSnapTradeKeys(
        _client("secretsmanager"), settings.snaptrade_secret_arn, monotonic=time.monotonic
    )
    verifiers = {Provider.SNAPTRADE: SnapTradeVerifier(keys)}
    queue = SqsWebhookQueue(_client("sqs"), settings.webhook_queue_url)

    return lambda delivery: accept_webhook(
        delivery, verifiers=verifiers, queue=queue, now=utc_now()
    )


@cache
def process_webhook() -> Callable[[str], None]:
    """Build the processor: one table, one queue, no provider."""
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.inbox import DynamoInbox
    from freshet.adapters.queues import SqsReadQueue
    from freshet.adapters.snaptrade.webhooks import to_event
    from freshet.domain.provider import Provider
    from freshet.messages import WebhookMessage
    from freshet.services.process_webhook import Processing, process_webhook

    settings = ProcessWebhookSettings.from_env(os.environ)
    table = _table(settings.connections_table)
    connections = DynamoConnections(table)
    readers = {Provider.SNAPTRADE: to_event}
    parts = Processing(
        owners=connections,
        connections=connections,
        inbox=DynamoInbox(table, retention=timedelta(days=settings.webhook_retention_days)),
        reads=SqsReadQueue(_client("sqs"), settings.snapshot_queue_url),
        debounce=timedelta(seconds=settings.webhook_debounce_seconds),
    )

    def process(text: str) -> None:
        message = WebhookMessage.parse(text)
        event = readers[message.provider](message.body, received_at=message.received_at)
        process_webhook(event, parts=parts)

    return process


@cache
def plan_refreshes() -> Callable[[], int]:
    """Build the planner: the due index and two queues."""
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.queues import SqsReadQueue, SqsRefreshQueue
    from freshet.domain.schedule import Pace
    from freshet.services.plan_turn import Planning, plan_turn

    settings = PlanRefreshesSettings.from_env(os.environ)
    parts = Planning(
        due=DynamoConnections(_table(settings.connections_table)),
        reads=SqsReadQueue(_client("sqs"), settings.snapshot_queue_url),
        refreshes=SqsRefreshQueue(_client("sqs"), settings.refresh_queue_url),
        pace=Pace.for_quota(settings.snaptrade_requests_per_minute),
        clock=utc_now,
    )
    return lambda: plan_turn(parts=parts)


@cache
def refresh_connection() -> "Callable[[RefreshOrder], None]":
    """Build the buyer."""
    from freshet.services.refresh_connection import refresh_connection

    settings = RefreshConnectionSettings.from_env(os.environ)
    parts = _purchasing(settings)
    return lambda order: refresh_connection(order, parts=parts)


@cache
def take_snapshots() -> "Callable[[ReadOrder], None]":
    """Build the reader."""
    from freshet.adapters.dynamodb.accounts import DynamoAccounts
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.refreshes import DynamoRefreshes
    from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
    from freshet.services.take_snapshots import Reading, take_snapshots

    settings = TakeSnapshotsSettings.from_env(os.environ)
    table = _table(settings.connections_table)
    parts = Reading(
        connections=DynamoConnections(table),
        accounts=DynamoAccounts(table),
        refreshes=DynamoRefreshes(table),
        snapshots=DynamoSnapshots(
            _table(settings.snapshots_table),
            retention=timedelta(days=settings.snapshot_retention_days),
        ),
        providers=_providers(settings, table),
        clock=utc_now,
    )
    return lambda order: take_snapshots(order, parts=parts)


@dataclass(frozen=True, slots=True)
class ApiFunction:
    """What the api function serves: HTTP requests and an operator's direct invocations."""

    api: "Api"
    operator: "Operator"


@cache
def api() -> ApiFunction:
    """Build the API and the operator's door."""
    from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
    from freshet.adapters.queues import SqsReadQueue
    from freshet.adapters.vaults import SecretsManagerVault
    from freshet.domain.freshness import FreshnessTargets
    from freshet.http.accounts import add_account_routes
    from freshet.http.application import Api, ApiParts
    from freshet.http.caller import TokenPolicy
    from freshet.http.connections import add_connection_routes
    from freshet.http.refreshes import add_refresh_routes
    from freshet.operations import Operator
    from freshet.services.register_connection import Registering
    from freshet.services.request_refresh import Requesting
    from freshet.services.show_holdings import Showing

    settings = ApiSettings.from_env(os.environ)
    purchasing = _purchasing(settings)
    reads = SqsReadQueue(_client("sqs"), settings.snapshot_queue_url)
    built = Api(
        ApiParts(
            showing=Showing(
                connections=purchasing.connections,
                accounts=purchasing.accounts,
                snapshots=DynamoSnapshots(_table(settings.snapshots_table)),
                targets=FreshnessTargets(
                    ageing_after=timedelta(hours=settings.ageing_after_hours),
                    stale_after=timedelta(hours=settings.stale_after_hours),
                ),
            ),
            requesting=Requesting(purchasing=purchasing, reads=reads, random_bytes=os.urandom),
            tokens=TokenPolicy(
                settings.user_id_claim, frozenset(settings.default_user_scopes.split())
            ),
        )
    )
    for add_routes in (add_connection_routes, add_account_routes, add_refresh_routes):
        add_routes(built)
    registering = Registering(
        connections=purchasing.connections,
        vault=SecretsManagerVault(_client("secretsmanager"), settings.user_secret_prefix),
        reads=reads,
        random_bytes=os.urandom,
        clock=utc_now,
    )
    return ApiFunction(built, Operator(registering))


def _purchasing(settings: PurchaseSettings) -> "Purchasing":
    from freshet.adapters.dynamodb.accounts import DynamoAccounts
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.refreshes import DynamoRefreshes
    from freshet.services.purchase_refresh import Purchasing

    table = _table(settings.connections_table)
    return Purchasing(
        connections=DynamoConnections(table),
        accounts=DynamoAccounts(table),
        refreshes=DynamoRefreshes(table),
        providers=_providers(settings, table),
        policy=settings.policy(),
        clock=utc_now,
    )


def _providers(settings: SnapTradeSettings, table: "Table") -> "Providers":
    from freshet.adapters.dynamodb.quota import DynamoQuota, QuotaRate
    from freshet.adapters.providers import ConfiguredProviders
    from freshet.adapters.snaptrade.client import SnapTradeClient
    from freshet.adapters.snaptrade.keys import SecretSnapTradeKeys
    from freshet.adapters.snaptrade.session import SnapTradeSession
    from freshet.adapters.transport import Transport
    from freshet.adapters.vaults import SecretsManagerVault
    from freshet.domain.provider import Provider

    secrets = _client("secretsmanager")
    snaptrade = SnapTradeClient(
        base_url=settings.snaptrade_base_url.rstrip("/"),
        keys=SecretSnapTradeKeys(secrets, settings.snaptrade_secret_arn, monotonic=time.monotonic),
        transport=Transport(),
        quota=DynamoQuota(
            table,
            Provider.SNAPTRADE,
            QuotaRate.for_limit(settings.snaptrade_requests_per_minute),
            clock=utc_now,
        ),
        clock=utc_now,
    )
    return ConfiguredProviders(
        vault=SecretsManagerVault(secrets, settings.user_secret_prefix),
        openers={
            Provider.SNAPTRADE: lambda connection, user: SnapTradeSession(
                snaptrade, user, connection.provider_connection_id
            )
        },
    )


@cache
def _client(service: str) -> Any:
    from botocore.config import Config

    # Short waits and a few tries: a function's time is better spent on the next message.
    config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard"})
    return _session().client(service, config=config)


@cache
def _session() -> Any:
    import boto3

    return boto3.session.Session()


def _table(name: str) -> "Table":
    from freshet.adapters.dynamodb.table import Table

    return Table(_client("dynamodb"), name)
