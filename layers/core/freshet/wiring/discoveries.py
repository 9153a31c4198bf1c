"""Who finds at the providers what users linked there before."""

from collections.abc import Callable

from freshet.adapters.objects import S3Lines
from freshet.adapters.plaid.client import PlaidClient
from freshet.adapters.plaid.discovery import PlaidDiscovery
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.discovery import SnapTradeDiscovery
from freshet.adapters.transport import Transport
from freshet.config import ProviderSettings
from freshet.domain.provider import Provider
from freshet.domain.quota import PATIENT
from freshet.operations.importing import Importer
from freshet.ports import Discovery
from freshet.services.import_connections import Importing
from freshet.services.register_connection import Registering
from freshet.wiring import client, utc_now
from freshet.wiring.wires import Wires


def importer_for(settings: ProviderSettings, registering: Registering) -> Importer:
    """Build what takes in existing users; a client of S3 is made when one is wanted."""
    parts = Importing(registering=registering, discoveries=discoveries_for(settings))
    return Importer(parts=parts, objects=S3Lines(lambda: client("s3")), clock=utc_now)


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
