"""What an operator's moves on credentials are built from."""

from collections.abc import Callable

from freshet.adapters.bus import EventBridgeBus
from freshet.adapters.plaid.linking import PlaidLinking
from freshet.adapters.rotation import ConfiguredRotation
from freshet.adapters.snaptrade.linking import SnapTradeLinking
from freshet.adapters.transport import Transport
from freshet.config import CredentialStore, PurchaseSettings
from freshet.domain.credential import Credential
from freshet.domain.provider import Provider
from freshet.domain.quota import IMPATIENT
from freshet.operations.credentials import CredentialOperations
from freshet.ports import Connections, ReadQueue, UserLease
from freshet.services.move_credentials import Moving
from freshet.services.rotate_credential import Rotating
from freshet.wiring import client, utc_now
from freshet.wiring.vaults import new_store, old_store, vault_for, wait
from freshet.wiring.wires import Wires


def credential_operations_for(
    settings: PurchaseSettings, *, connections: Connections, reads: ReadQueue, lease: UserLease
) -> CredentialOperations:
    """Build the operator's moves on credentials."""
    moving = None
    if settings.credential_store is CredentialStore.KMS:
        moving = Moving(
            old=old_store(settings), new=new_store(settings), lease=lease, clock=utc_now
        )
    rotating = Rotating(
        connections=connections,
        vault=vault_for(settings, lease),
        lease=lease,
        rotation=_rotation_for(settings),
        reads=reads,
        bus=EventBridgeBus(client("events"), settings.event_bus_name),
        wait=wait,
        clock=utc_now,
    )
    return CredentialOperations(moving, rotating)


def _rotation_for(settings: PurchaseSettings) -> ConfiguredRotation:
    wires = Wires(settings, IMPATIENT, Transport())
    replacers: dict[Provider, Callable[[], Callable[[Credential], Credential]]] = {
        Provider.SNAPTRADE: lambda: SnapTradeLinking(wires.snaptrade()).reset_secret,
        Provider.PLAID: lambda: PlaidLinking(wires.plaid_reading()[0]).rotate,
    }
    return ConfiguredRotation({each: replacers[each]() for each in settings.providers})
