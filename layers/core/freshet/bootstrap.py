"""Composition root: with `wiring`, the only place that knows which adapter is real.

One builder for each function, its imports inside, so that a function loads what it needs and no
more; the result is kept for the life of the execution environment.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from freshet.config import (
    ApiSettings,
    PlanRefreshesSettings,
    ProcessWebhookSettings,
    ReceiveWebhookSettings,
    RefreshConnectionSettings,
    TakeSnapshotsSettings,
)
from freshet.domain.provider import Provider
from freshet.wiring import client, table, utc_now

if TYPE_CHECKING:
    from freshet.domain.orders import ReadOrder, RefreshOrder, RemovalOrder
    from freshet.domain.webhooks import VerifiedDelivery
    from freshet.http.application import Api
    from freshet.operations.operator import Operation, Operator
    from freshet.services.accept_webhook import Delivery


@cache
def receive_webhook() -> "Callable[[Delivery], VerifiedDelivery]":
    """Build the receiver: Secrets Manager, one queue, no pydantic."""
    from freshet.adapters.queues import SqsWebhookQueue
    from freshet.services.accept_webhook import accept_webhook
    from freshet.wiring.verifiers import verifiers_for

    settings = ReceiveWebhookSettings.from_env(os.environ)
    verifiers = verifiers_for(settings)
    queue = SqsWebhookQueue(client("sqs"), settings.webhook_queue_url)
    return lambda delivery: accept_webhook(
        delivery, verifiers=verifiers, queue=queue, now=utc_now()
    )


@cache
def process_webhook() -> Callable[[str], None]:
    """Build the processor: one table, one queue, no provider."""
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.erasures import DynamoErasures
    from freshet.adapters.dynamodb.inbox import DynamoInbox
    from freshet.adapters.plaid import webhooks as plaid
    from freshet.adapters.queues import SqsReadQueue
    from freshet.adapters.snaptrade import webhooks as snaptrade
    from freshet.messages import parse_delivery
    from freshet.services.process_webhook import Processing, process_webhook

    settings = ProcessWebhookSettings.from_env(os.environ)
    connections = DynamoConnections(table(settings.connections_table))
    readers = {Provider.SNAPTRADE: snaptrade.to_event, Provider.PLAID: plaid.to_event}
    parts = Processing(
        owners=connections,
        connections=connections,
        erasures=DynamoErasures(table(settings.connections_table)),
        inbox=DynamoInbox(
            table(settings.connections_table),
            retention=timedelta(days=settings.webhook_retention_days),
        ),
        reads=SqsReadQueue(client("sqs"), settings.snapshot_queue_url),
        debounce=timedelta(seconds=settings.webhook_debounce_seconds),
        random_bytes=os.urandom,
        clock=utc_now,
    )

    def process(text: str) -> None:
        delivery = parse_delivery(text)
        process_webhook(readers[delivery.provider](delivery), parts=parts)

    return process


@cache
def plan_refreshes() -> Callable[[], int]:
    """Build the planner: the due index and two queues."""
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.erasures import DynamoErasures
    from freshet.adapters.queues import SqsReadQueue, SqsRefreshQueue
    from freshet.domain.quota import QuotaRate
    from freshet.domain.schedule import Pace
    from freshet.services.plan_turn import Planning, plan_turn

    settings = PlanRefreshesSettings.from_env(os.environ)
    snaptrade = QuotaRate.for_limit(settings.snaptrade_requests_per_minute)
    plaid = QuotaRate.for_limit(settings.plaid_requests_per_minute)
    purchases = QuotaRate.for_limit(settings.plaid_refreshes_per_minute)
    paces = {
        Provider.SNAPTRADE: Pace(snaptrade.steady_per_minute, snaptrade.steady_per_minute),
        Provider.PLAID: Pace(plaid.steady_per_minute, purchases.steady_per_minute),
    }
    parts = Planning(
        due=DynamoConnections(table(settings.connections_table)),
        erasures=DynamoErasures(table(settings.connections_table)),
        reads=SqsReadQueue(client("sqs"), settings.snapshot_queue_url),
        refreshes=SqsRefreshQueue(client("sqs"), settings.refresh_queue_url),
        paces={each: paces[each] for each in sorted(settings.providers)},
        clock=utc_now,
    )
    return lambda: plan_turn(parts=parts)


@cache
def refresh_connection() -> "Callable[[RefreshOrder | RemovalOrder], None]":
    """Build who asks providers to do something: to refresh, or to remove."""
    from freshet.domain.orders import RemovalOrder
    from freshet.services.refresh_connection import refresh_connection
    from freshet.services.work_removal import work_removal
    from freshet.wiring.purchasing import purchasing_for
    from freshet.wiring.removing import erasing_for

    settings = RefreshConnectionSettings.from_env(os.environ)
    parts = purchasing_for(settings)
    erasing = erasing_for(settings, parts)

    def work(order: "RefreshOrder | RemovalOrder") -> None:
        if isinstance(order, RemovalOrder):
            work_removal(order, parts=erasing)
        else:
            refresh_connection(order, parts=parts)

    return work


@cache
def take_snapshots() -> "Callable[[ReadOrder], None]":
    """Build the reader."""
    from freshet.adapters.bus import EventBridgeBus
    from freshet.adapters.dynamodb.account_register import DynamoAccountRegister
    from freshet.adapters.dynamodb.accounts import DynamoAccounts
    from freshet.adapters.dynamodb.allowance import DynamoReadAllowance
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.erasures import DynamoErasures
    from freshet.adapters.dynamodb.refreshes import DynamoRefreshes
    from freshet.adapters.dynamodb.snapshot_store import DynamoSnapshotStore
    from freshet.adapters.dynamodb.transactions import DynamoTransactions
    from freshet.services.take_snapshots import Reading, take_snapshots
    from freshet.wiring.readers import readers_for

    settings = TakeSnapshotsSettings.from_env(os.environ)
    connections_table = table(settings.connections_table)
    snapshots_table = table(settings.snapshots_table)
    parts = Reading(
        connections=DynamoConnections(connections_table),
        accounts=DynamoAccounts(connections_table),
        register=DynamoAccountRegister(connections_table),
        erasures=DynamoErasures(connections_table),
        refreshes=DynamoRefreshes(connections_table),
        snapshots=DynamoSnapshotStore(
            snapshots_table,
            retention=timedelta(days=settings.snapshot_retention_days),
            zone=settings.reporting_time_zone,
        ),
        transactions=DynamoTransactions(snapshots_table),
        providers=readers_for(settings),
        allowance=DynamoReadAllowance(connections_table),
        bus=EventBridgeBus(client("events"), settings.event_bus_name),
        clock=utc_now,
    )
    return lambda order: take_snapshots(order, parts=parts)


@cache
def audit() -> Callable[[str], int]:
    """Build the audit, which reads as the reader does."""
    from freshet.services.audit_users import audit_users
    from freshet.wiring.discoveries import auditing_for

    parts = auditing_for(TakeSnapshotsSettings.from_env(os.environ))
    return lambda provider: audit_users(Provider(provider), parts=parts)


@dataclass(frozen=True, slots=True)
class ApiFunction:
    """What the api function serves: HTTP requests and an operator's direct invocations."""

    api: "Api"
    operator: "Operator"


@cache
def api(document: Path) -> ApiFunction:
    """Build the API and the operator's door; `document` describes the API."""
    from freshet.adapters.dynamodb.budgets import DynamoBudgets
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.erasures import DynamoErasures
    from freshet.adapters.dynamodb.inbox import DynamoInbox
    from freshet.http.document import add_document_routes
    from freshet.operations.operator import Operator
    from freshet.services.process_webhook import Processing
    from freshet.services.register_connection import Registering
    from freshet.services.switch_purchases import Switching
    from freshet.wiring.purchasing import purchasing_for
    from freshet.wiring.routes import api_for
    from freshet.wiring.vaults import lease_for, vault_for

    settings = ApiSettings.from_env(os.environ)
    purchasing = purchasing_for(settings)
    lease = lease_for(settings)
    connections_table = table(settings.connections_table)
    connections, inbox = DynamoConnections(connections_table), DynamoInbox(connections_table)
    registering = Registering(
        owners=connections,
        inbox=inbox,
        connections=purchasing.connections,
        vault=vault_for(settings, lease),
        reads=purchasing.reads,
        random_bytes=os.urandom,
        clock=utc_now,
    )
    replaying = Processing(
        owners=connections,
        inbox=inbox,
        connections=connections,
        erasures=DynamoErasures(connections_table),
        reads=purchasing.reads,
        debounce=timedelta(0),
        random_bytes=os.urandom,
        clock=utc_now,
    )
    switching = Switching(DynamoBudgets(connections_table))

    def further() -> "Mapping[str, Operation]":
        from freshet.wiring.operating import further_operations

        return further_operations(settings, registering, connections, lease)

    operator = Operator(registering, switching, replaying, further)
    served = api_for(settings, purchasing, registering, lease)
    add_document_routes(served, document)
    return ApiFunction(served, operator)
