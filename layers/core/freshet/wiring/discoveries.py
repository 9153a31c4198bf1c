"""Who finds at the providers what users linked there before."""

from collections.abc import Callable

from freshet.adapters.dynamodb.audit import DynamoAuditBook
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.objects import S3Lines
from freshet.adapters.plaid.client import PlaidClient
from freshet.adapters.plaid.discovery import PlaidDiscovery
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.discovery import SnapTradeDiscovery
from freshet.adapters.snaptrade.linking import SnapTradeLinking
from freshet.adapters.transport import Transport
from freshet.config import ProviderSettings
from freshet.domain.provider import Provider
from freshet.domain.quota import PATIENT
from freshet.operations.importing import Importer
from freshet.ports import Discovery
from freshet.services.audit_users import Auditing
from freshet.services.import_connections import Importing
from freshet.services.register_connection import Registering
from freshet.wiring import client, table, utc_now
from freshet.wiring.vaults import vault_for
from freshet.wiring.wires import Wires

# Hourly: 4,800 users a day, each a call of the 360,000 that a key has.
_USERS_EACH_TIME = 200


def importer_for(settings: ProviderSettings, registering: Registering) -> Importer:
    """Build what takes in existing users; a client of S3 is made when one is wanted."""
    parts = Importing(registering=registering, discoveries=discoveries_for(settings))
    return Importer(parts=parts, objects=S3Lines(lambda: client("s3")), clock=utc_now)


def auditing_for(settings: ProviderSettings) -> Auditing:
    """Build the audit of SnapTrade's users; Plaid does not list its Items."""
    wires = Wires(settings, PATIENT, Transport())
    connections = DynamoConnections(table(settings.connections_table))
    return Auditing(
        directory=SnapTradeLinking(wires.snaptrade()),
        discovery=SnapTradeDiscovery(SnapTradeClient(wires.snaptrade())),
        owners=connections,
        connections=connections,
        vault=vault_for(settings),
        book=DynamoAuditBook(table(settings.connections_table)),
        clock=utc_now,
        users_each_time=_USERS_EACH_TIME,
    )


def discoveries_for(settings: ProviderSettings) -> dict[Provider, Discovery]:
    """Build a way to look around at every provider that the deployment names."""
    wires = Wires(settings, PATIENT, Transport())
    builders: dict[Provider, Callable[[Wires], Discovery]] = {
        Provider.SNAPTRADE: lambda wires: SnapTradeDiscovery(SnapTradeClient(wires.snaptrade())),
        Provider.PLAID: lambda wires: PlaidDiscovery(
            PlaidClient(wire=wires.plaid_reading()[0], clock=utc_now)
        ),
    }
    return {provider: builders[provider](wires) for provider in settings.providers}
