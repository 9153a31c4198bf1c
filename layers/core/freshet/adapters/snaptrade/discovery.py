"""The connections that a SnapTrade user already has."""

from collections.abc import Sequence

from msgspec import Struct

from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.domain.credential import Credential
from freshet.ports import FoundConnection


class SnapTradeDiscovery(Struct, frozen=True):
    """The port Discovery: a SnapTrade user may have any number of connections."""

    client: SnapTradeClient

    def connections(self, credential: Credential) -> Sequence[FoundConnection]:
        """List the user's connections, disabled ones included."""
        return [
            FoundConnection(
                provider_connection_id=each.id, credential=credential, is_disabled=each.disabled
            )
            for each in self.client.connections(credential)
            if each.id is not None
        ]
