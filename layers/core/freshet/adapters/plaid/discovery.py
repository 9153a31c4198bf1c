"""The Item that an access token opens."""

from collections.abc import Sequence

from msgspec import Struct

from freshet.adapters.plaid.client import PlaidClient
from freshet.adapters.plaid.mapping import to_connection_report
from freshet.domain.credential import Credential
from freshet.ports import FoundConnection


class PlaidDiscovery(Struct, frozen=True):
    """The port Discovery: one token, one Item, which is the credential's own subject."""

    client: PlaidClient

    def connections(self, credential: Credential) -> Sequence[FoundConnection]:
        """Give the Item."""
        answer = self.client.item(credential)
        item_id = answer.item.item_id
        return [
            FoundConnection(
                provider_connection_id=item_id,
                credential=Credential(item_id, credential.secret),
                is_disabled=to_connection_report(answer).is_disabled,
            )
        ]
