"""What an operator asks for, with all that it needs."""

import os
from collections.abc import Mapping
from datetime import timedelta

from freshet.adapters.bus import EventBridgeBus
from freshet.adapters.dynamodb.accounts import DynamoAccounts
from freshet.adapters.dynamodb.audit import DynamoAuditBook
from freshet.adapters.dynamodb.budgets import DynamoBudgets
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.erasures import DynamoErasures
from freshet.adapters.dynamodb.inbox import DynamoInbox
from freshet.adapters.dynamodb.refreshes import DynamoRefreshes
from freshet.adapters.dynamodb.snapshots import DynamoSnapshots
from freshet.adapters.objects import S3Lines
from freshet.bootstrap.vaults import new_store, old_store, vault_for
from freshet.config import ApiSettings, CredentialStore, ProviderSettings, PurchaseSettings
from freshet.operations.audit import AuditOperations
from freshet.operations.credentials import CredentialOperations
from freshet.operations.importing import Importer
from freshet.operations.operator import Operator, OperatorAction
from freshet.operations.price_bases import PriceBasisOperations
from freshet.operations.settlements import SettlementOperations
from freshet.operations.verdicts import VerdictOperations
from freshet.ports import Connections, ReadQueue, UserLease
from freshet.registry import credential_form_of
from freshet.services.decide_verdict import DecideVerdictDependencies
from freshet.services.import_connections import ImportDependencies
from freshet.services.move_credentials import MoveCredentialsDependencies
from freshet.services.process_webhook import ProcessWebhookDependencies
from freshet.services.register_connection import RegisterConnectionDependencies
from freshet.services.rotate_credential import RotateCredentialDependencies
from freshet.services.set_price_basis import SetPriceBasisDependencies
from freshet.services.settle_refresh import SettleRefreshDependencies
from freshet.services.switch_purchases import SwitchPurchasesDependencies
from freshet.wiring import client, table, utc_now, wait
from freshet.wiring.providers import discoveries_for, rotation_for


def operator_for(
    settings: ApiSettings,
    registering: RegisterConnectionDependencies,
    connections: DynamoConnections,
    lease: UserLease,
) -> Operator:
    """Build the operator's door; nothing of it is loaded before an operator comes."""
    connections_table = table(settings.connections_table)
    replaying = ProcessWebhookDependencies(
        owners=connections,
        inbox=DynamoInbox(connections_table),
        connections=connections,
        erasures=DynamoErasures(connections_table),
        reads=registering.reads,
        debounce=timedelta(0),
        random_bytes=os.urandom,
        clock=utc_now,
    )
    return Operator(
        registering,
        SwitchPurchasesDependencies(DynamoBudgets(connections_table)),
        replaying,
        credential_form_of,
        lambda: _further_operations(settings, registering, connections, lease),
    )


def _further_operations(
    settings: ApiSettings,
    registering: RegisterConnectionDependencies,
    connections: Connections,
    lease: UserLease,
) -> Mapping[str, OperatorAction]:
    """Give each operation that is asked for seldom, by its name."""
    credentials = _credential_operations(
        settings, connections=connections, reads=registering.reads, lease=lease
    )
    deciding = DecideVerdictDependencies(connections, registering.reads, utc_now)
    pricing = SetPriceBasisDependencies(
        connections,
        DynamoAccounts(table(settings.connections_table)),
        DynamoSnapshots(table(settings.snapshots_table)),
    )
    settling = SettleRefreshDependencies(
        DynamoRefreshes(table(settings.connections_table)), utc_now
    )
    return {
        **SettlementOperations(settling).operations(),
        **VerdictOperations(deciding).operations(),
        **PriceBasisOperations(pricing).operations(),
        **credentials.operations(),
        **_importer(settings, registering).operations(),
        **AuditOperations(DynamoAuditBook(table(settings.connections_table))).operations(),
    }


def _importer(settings: ProviderSettings, registering: RegisterConnectionDependencies) -> Importer:
    # A client of S3 is made when one is wanted.
    return Importer(
        deps=ImportDependencies(registering=registering, discoveries=discoveries_for(settings)),
        credential_forms=credential_form_of,
        objects=S3Lines(lambda: client("s3")),
        clock=utc_now,
    )


def _credential_operations(
    settings: PurchaseSettings, *, connections: Connections, reads: ReadQueue, lease: UserLease
) -> CredentialOperations:
    moving = None
    if settings.credential_store is CredentialStore.KMS:
        moving = MoveCredentialsDependencies(
            old=old_store(settings), new=new_store(settings), lease=lease, clock=utc_now
        )
    rotating = RotateCredentialDependencies(
        connections=connections,
        vault=vault_for(settings, lease),
        lease=lease,
        rotation=rotation_for(settings),
        reads=reads,
        bus=EventBridgeBus(client("events"), settings.event_bus_name),
        wait=wait,
        clock=utc_now,
    )
    return CredentialOperations(moving, rotating)
