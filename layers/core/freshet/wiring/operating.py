"""What an operator asks for seldom, with all that it needs."""

from collections.abc import Mapping

from freshet.adapters.dynamodb.audit import DynamoAuditBook
from freshet.config import ApiSettings
from freshet.operations.audit import AuditOperations
from freshet.operations.operator import Operation
from freshet.ports import Connections, UserLease
from freshet.services.register_connection import Registering
from freshet.wiring import table
from freshet.wiring.credentials import credential_operations_for
from freshet.wiring.discoveries import importer_for


def further_operations(
    settings: ApiSettings, registering: Registering, connections: Connections, lease: UserLease
) -> Mapping[str, Operation]:
    """Give each operation by its name."""
    credentials = credential_operations_for(
        settings, connections=connections, reads=registering.reads, lease=lease
    )
    return {
        **credentials.operations(),
        **importer_for(settings, registering).operations(),
        **AuditOperations(DynamoAuditBook(table(settings.connections_table))).operations(),
    }
