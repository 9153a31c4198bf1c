"""What the operations are built from."""

import os
from datetime import timedelta

from freshet.adapters.bus import EventBridgeBus
from freshet.adapters.dead_letters import SqsDeadLetters
from freshet.adapters.dynamodb.accounts import DynamoAccounts
from freshet.adapters.dynamodb.audit import DynamoAuditBook
from freshet.adapters.dynamodb.budgets import DynamoBudgets
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.erasures import DynamoErasures
from freshet.adapters.dynamodb.heartbeats import DynamoHeartbeats
from freshet.adapters.dynamodb.inbox import DynamoInbox
from freshet.adapters.dynamodb.refreshes import DynamoRefreshes
from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
from freshet.adapters.objects import S3Lines
from freshet.adapters.queues import SqsReadQueue
from freshet.adapters.watch import CloudWatchAlarms, DynamoProtection
from freshet.bootstrap.vaults import lease_for, new_store, old_store, vault_for
from freshet.config import CredentialStore, OperateSettings
from freshet.operations.audit import AuditOperations
from freshet.operations.credentials import CredentialOperations
from freshet.operations.dead_letters import DeadLetterOperations
from freshet.operations.health import HealthOperations
from freshet.operations.importing import Importer
from freshet.operations.operator import Operator
from freshet.operations.price_bases import PriceBasisOperations
from freshet.operations.purchases import PurchaseOperations
from freshet.operations.registrations import RegistrationOperations
from freshet.operations.settlements import SettlementOperations
from freshet.operations.stories import StoryOperations
from freshet.operations.verdicts import VerdictOperations
from freshet.operations.webhooks import WebhookOperations
from freshet.ports import UserLease
from freshet.registry import INTEGRATIONS, TRAITS, credential_form_of
from freshet.services.decide_verdict import DecideVerdictDependencies
from freshet.services.empty_dead_letters import EmptyDeadLettersDependencies, GivenUp
from freshet.services.examine_deployment import ExamineDependencies
from freshet.services.explain import ExplainDependencies
from freshet.services.import_connections import ImportDependencies
from freshet.services.move_credentials import MoveCredentialsDependencies
from freshet.services.process_webhook import ProcessWebhookDependencies
from freshet.services.register_connection import RegisterConnectionDependencies
from freshet.services.rotate_credential import RotateCredentialDependencies
from freshet.services.set_price_basis import SetPriceBasisDependencies
from freshet.services.settle_refresh import SettleRefreshDependencies
from freshet.services.switch_purchases import SwitchPurchasesDependencies
from freshet.wiring import client, table, utc_now, wait
from freshet.wiring.providers import discoveries_for, rotation_for, standings_for


def operator_for(settings: OperateSettings) -> Operator:
    """Build every operation."""
    connections_table = table(settings.connections_table)
    connections = DynamoConnections(connections_table)
    inbox = DynamoInbox(connections_table)
    reads = SqsReadQueue(client("sqs"), settings.snapshot_queue_url)
    lease = lease_for(settings)
    registering = RegisterConnectionDependencies(
        owners=connections,
        inbox=inbox,
        connections=connections,
        vault=vault_for(settings, lease),
        reads=reads,
        traits=TRAITS,
        random_bytes=os.urandom,
        clock=utc_now,
    )
    replaying = ProcessWebhookDependencies(
        owners=connections,
        inbox=inbox,
        connections=connections,
        erasures=DynamoErasures(connections_table),
        reads=reads,
        debounce=timedelta(0),
        random_bytes=os.urandom,
        clock=utc_now,
    )
    pricing = SetPriceBasisDependencies(
        connections,
        DynamoAccounts(connections_table),
        DynamoSnapshots(table(settings.snapshots_table)),
    )
    settling = SettleRefreshDependencies(DynamoRefreshes(connections_table), utc_now)
    explaining = ExplainDependencies(
        connections=connections,
        owners=connections,
        refreshes=settling.refreshes,
        inbox=inbox,
        clock=utc_now,
    )
    emptying = EmptyDeadLettersDependencies(given_up_in(settings), utc_now)
    return Operator(
        {
            **RegistrationOperations(registering, credential_form_of).operations(),
            **_importer(settings, registering).operations(),
            **PurchaseOperations(
                SwitchPurchasesDependencies(DynamoBudgets(connections_table))
            ).operations(),
            **WebhookOperations(replaying).operations(),
            **_credential_operations(settings, registering, lease).operations(),
            **SettlementOperations(settling).operations(),
            **VerdictOperations(
                DecideVerdictDependencies(connections, reads, utc_now)
            ).operations(),
            **PriceBasisOperations(pricing).operations(),
            **StoryOperations(explaining).operations(),
            **HealthOperations(_examining_for(settings, emptying)).operations(),
            **DeadLetterOperations(emptying).operations(),
            **AuditOperations(DynamoAuditBook(connections_table)).operations(),
        }
    )


def _examining_for(
    settings: OperateSettings, emptying: EmptyDeadLettersDependencies
) -> ExamineDependencies:
    connections_table = table(settings.connections_table)
    tables = (settings.connections_table, settings.snapshots_table)
    return ExamineDependencies(
        standings=standings_for(settings),
        hears=frozenset(each for each in settings.providers if INTEGRATIONS[each].webhooks),
        heartbeats=DynamoHeartbeats(connections_table, utc_now),
        dead_letters={name: each.letters for name, each in emptying.queues.items()},
        due=DynamoConnections(connections_table),
        budgets=DynamoBudgets(connections_table),
        monthly_budget=settings.deployment_monthly_budget_usd,
        alarms=CloudWatchAlarms(client("cloudwatch"), settings.stack_name),
        protection=DynamoProtection(client("dynamodb"), *tables),
        clock=utc_now,
    )


def given_up_in(settings: OperateSettings) -> dict[str, GivenUp]:
    """Name the dead-letter queues; those of schedules have no queue behind them to send back to."""
    sqs = client("sqs")
    queues = {
        "webhook": (settings.webhook_dead_letter_queue_url, settings.webhook_queue_url),
        "refresh": (settings.refresh_dead_letter_queue_url, settings.refresh_queue_url),
        "snapshot": (settings.snapshot_dead_letter_queue_url, settings.snapshot_queue_url),
        "planner": (settings.plan_refreshes_dead_letter_queue_url, ""),
        "audit": (settings.audit_dead_letter_queue_url, ""),
    }
    return {
        name: GivenUp(SqsDeadLetters(sqs, dead, source), are_turns=not source)
        for name, (dead, source) in queues.items()
    }


def _importer(settings: OperateSettings, registering: RegisterConnectionDependencies) -> Importer:
    # A client of S3 is made when one is wanted.
    return Importer(
        deps=ImportDependencies(registering=registering, discoveries=discoveries_for(settings)),
        credential_forms=credential_form_of,
        objects=S3Lines(lambda: client("s3")),
        clock=utc_now,
    )


def _credential_operations(
    settings: OperateSettings, registering: RegisterConnectionDependencies, lease: UserLease
) -> CredentialOperations:
    moving = None
    if settings.credential_store is CredentialStore.KMS:
        moving = MoveCredentialsDependencies(
            old=old_store(settings), new=new_store(settings), lease=lease, clock=utc_now
        )
    rotating = RotateCredentialDependencies(
        connections=registering.connections,
        vault=registering.vault,
        lease=lease,
        rotation=rotation_for(settings),
        reads=registering.reads,
        bus=EventBridgeBus(client("events"), settings.event_bus_name),
        wait=wait,
        clock=utc_now,
    )
    return CredentialOperations(moving, rotating)
