"""Composition root: with `wiring`, the only place that knows which adapter is real.

One builder for each function, its imports inside, so that a function loads what it needs and no
more; the result is kept for the life of the execution environment.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from freshet.config import (
    ApiSettings,
    OperateSettings,
    PlanRefreshesSettings,
    ProcessWebhookSettings,
    ReceiveWebhookSettings,
    RefreshConnectionSettings,
    TakeSnapshotsSettings,
)
from freshet.domain.provider import Provider
from freshet.wiring import INVOCATION, client, table, utc_now

# Hourly: 4,800 users a day, each a call of the 360,000 that a key has.
_USERS_EACH_TIME = 200

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from freshet.domain.commands import ReadCommand, RefreshCommand, RemovalCommand
    from freshet.domain.webhooks import VerifiedDelivery
    from freshet.http.application import Api
    from freshet.operations.operator import Operator
    from freshet.services.accept_webhook import Delivery


def begin_invocation(context: "LambdaContext") -> None:
    """Let calls to providers know when Lambda ends what is under way."""
    INVOCATION.begin(context)


@cache
def receive_webhook() -> "Callable[[Delivery], VerifiedDelivery]":
    """Build the receiver: Secrets Manager, one queue, no pydantic."""
    from freshet.adapters.queues import SqsWebhookQueue
    from freshet.registry import INTEGRATIONS
    from freshet.services.accept_webhook import accept_webhook

    settings = ReceiveWebhookSettings.from_env(os.environ)
    verifiers = {
        each: webhooks.verifier(os.environ, client)
        for each in settings.providers
        if (webhooks := INTEGRATIONS[each].webhooks) is not None
    }
    queue = SqsWebhookQueue(client("sqs"), settings.webhook_queue_url)
    return lambda delivery: accept_webhook(
        delivery, verifiers=verifiers, queue=queue, now=utc_now()
    )


@cache
def process_webhook() -> Callable[[str], None]:
    """Build the processor: one table, one queue, no provider."""
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.erasures import DynamoErasures
    from freshet.adapters.dynamodb.heartbeats import DynamoHeartbeats
    from freshet.adapters.dynamodb.inbox import DynamoInbox
    from freshet.adapters.queues import SqsReadQueue
    from freshet.domain.health import webhooks_of
    from freshet.messages import parse_delivery
    from freshet.registry import INTEGRATIONS
    from freshet.services.process_webhook import ProcessWebhookDependencies, process_webhook

    settings = ProcessWebhookSettings.from_env(os.environ)
    connections = DynamoConnections(table(settings.connections_table))
    events = {
        each: offered.webhooks.to_event()
        for each, offered in INTEGRATIONS.items()
        if offered.webhooks is not None
    }
    deps = ProcessWebhookDependencies(
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

    heartbeats = DynamoHeartbeats(table(settings.connections_table), utc_now)

    def process(text: str) -> None:
        delivery = parse_delivery(text)
        process_webhook(events[delivery.provider](delivery), deps=deps)
        heartbeats.beat(webhooks_of(delivery.provider))

    return process


@cache
def plan_refreshes() -> Callable[[], int]:
    """Build the planner: the due index, two queues, and the budget that it reports."""
    from freshet.adapters.dynamodb.budgets import DynamoBudgets
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.erasures import DynamoErasures
    from freshet.adapters.dynamodb.heartbeats import DynamoHeartbeats
    from freshet.adapters.queues import SqsReadQueue, SqsRefreshQueue
    from freshet.domain.health import PLANNER
    from freshet.domain.quota import QuotaRate
    from freshet.domain.schedule import TurnCapacity
    from freshet.registry import INTEGRATIONS, TRAITS
    from freshet.services.plan_turn import PlanTurnDependencies, plan_turn
    from freshet.services.tell_spending import TellSpendingDependencies, tell_spending

    settings = PlanRefreshesSettings.from_env(os.environ)

    def capacity_at(provider: Provider) -> TurnCapacity:
        limits = INTEGRATIONS[provider].limits(os.environ)
        rates = (limits.calls_per_minute, limits.purchases_per_minute)
        return TurnCapacity(*(QuotaRate.for_limit(each).steady_per_minute for each in rates))

    deps = PlanTurnDependencies(
        due=DynamoConnections(table(settings.connections_table)),
        erasures=DynamoErasures(table(settings.connections_table)),
        reads=SqsReadQueue(client("sqs"), settings.snapshot_queue_url),
        refreshes=SqsRefreshQueue(client("sqs"), settings.refresh_queue_url),
        capacities={each: capacity_at(each) for each in sorted(settings.providers)},
        traits=TRAITS,
        clock=utc_now,
    )
    heartbeats = DynamoHeartbeats(table(settings.connections_table), utc_now)
    spending = TellSpendingDependencies(
        budgets=DynamoBudgets(table(settings.connections_table)),
        monthly_budget=settings.deployment_monthly_budget_usd,
        prices=[INTEGRATIONS[each].price(os.environ) for each in settings.providers],
        clock=utc_now,
    )

    def plan() -> int:
        planned = plan_turn(deps=deps)
        heartbeats.beat(PLANNER)
        tell_spending(deps=spending)
        return planned

    return plan


@cache
def refresh_connection() -> "Callable[[RefreshCommand | RemovalCommand], None]":
    """Build who asks providers to do something: to refresh, or to remove."""
    from freshet.bootstrap.purchasing import erasing_for, purchasing_for
    from freshet.domain.commands import RemovalCommand
    from freshet.services.refresh_connection import refresh_connection
    from freshet.services.work_removal import work_removal

    settings = RefreshConnectionSettings.from_env(os.environ)
    deps = purchasing_for(settings)
    erasing = erasing_for(settings, deps)

    def work(command: "RefreshCommand | RemovalCommand") -> None:
        if isinstance(command, RemovalCommand):
            work_removal(command, deps=erasing)
        else:
            refresh_connection(command, deps=deps)

    return work


@cache
def take_snapshots() -> "Callable[[ReadCommand], None]":
    """Build the reader."""
    from freshet.adapters.bus import EventBridgeBus
    from freshet.adapters.dynamodb.account_register import DynamoAccountRegister
    from freshet.adapters.dynamodb.accounts import DynamoAccounts
    from freshet.adapters.dynamodb.allowance import DynamoReadAllowance
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.adapters.dynamodb.erasures import DynamoErasures
    from freshet.adapters.dynamodb.recent_verdicts import DynamoRecentVerdicts
    from freshet.adapters.dynamodb.refreshes import DynamoRefreshes
    from freshet.adapters.dynamodb.snapshot_store import DynamoSnapshotStore
    from freshet.adapters.dynamodb.transactions import DynamoTransactions
    from freshet.bootstrap.vaults import vault_for
    from freshet.registry import TRAITS
    from freshet.services.take_snapshots import TakeSnapshotsDependencies, take_snapshots
    from freshet.wiring.providers import readers_for

    settings = TakeSnapshotsSettings.from_env(os.environ)
    connections_table = table(settings.connections_table)
    snapshots_table = table(settings.snapshots_table)
    deps = TakeSnapshotsDependencies(
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
        providers=readers_for(settings, vault_for(settings)),
        allowance=DynamoReadAllowance(connections_table),
        verdicts=DynamoRecentVerdicts(connections_table),
        bus=EventBridgeBus(client("events"), settings.event_bus_name),
        traits=TRAITS,
        zone=settings.reporting_time_zone,
        clock=utc_now,
    )
    return lambda command: take_snapshots(command, deps=deps)


@cache
def audit() -> Callable[[str], int]:
    """Build the audit, which reads as the reader does."""
    from freshet.adapters.dynamodb.audit import DynamoAuditBook
    from freshet.adapters.dynamodb.connections import DynamoConnections
    from freshet.bootstrap.vaults import vault_for
    from freshet.services.audit_users import AuditDependencies, audit_users
    from freshet.wiring.providers import directory_for

    settings = TakeSnapshotsSettings.from_env(os.environ)
    connections = DynamoConnections(table(settings.connections_table))

    @cache
    def auditing(provider: Provider) -> AuditDependencies:
        directory, discovery = directory_for(settings, provider)
        return AuditDependencies(
            directory=directory,
            discovery=discovery,
            owners=connections,
            connections=connections,
            vault=vault_for(settings),
            book=DynamoAuditBook(table(settings.connections_table)),
            clock=utc_now,
            users_each_time=_USERS_EACH_TIME,
        )

    return lambda name: audit_users(Provider(name), deps=auditing(Provider(name)))


@cache
def api(document: Path) -> "Api":
    """Build the API; `document` describes it."""
    from freshet.bootstrap.http_api import api_for
    from freshet.http.document import add_document_routes

    settings = ApiSettings.from_env(os.environ)
    served = api_for(settings)
    if settings.docs:
        add_document_routes(served, document)
    return served


@cache
def operate() -> "Operator":
    """Build all that an operator asks for."""
    from freshet.bootstrap.operating import operator_for

    return operator_for(OperateSettings.from_env(os.environ))
