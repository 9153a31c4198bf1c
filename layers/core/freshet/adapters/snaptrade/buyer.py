"""What is asked of SnapTrade for a connection without reading anything: no model is loaded."""

from dataclasses import dataclass

from freshet.adapters.snaptrade import endpoints
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.credential import Credential


@dataclass(frozen=True, slots=True)
class SnapTradeBuyer:
    """The port ProviderBuyer for a SnapTrade connection."""

    http_client: SnapTradeHttpClient
    user: Credential
    connection_id: str

    def refresh(self) -> ProviderAnswer:
        """Buy a refresh: billed when it answers 200, never repeated."""
        return self.http_client.tell(endpoints.REFRESH, self.connection_id, user=self.user)

    def sync_transactions(self) -> ProviderAnswer:
        """Ask for transactions up to yesterday to be loaded: not billed."""
        return self.http_client.tell(
            endpoints.SYNC_TRANSACTIONS, self.connection_id, user=self.user
        )

    def remove(self) -> ProviderAnswer:
        """Queue the connection for deletion; a later try answers MissingUpstream."""
        return self.http_client.tell(
            endpoints.REMOVE_CONNECTION, self.connection_id, user=self.user
        )


@dataclass(frozen=True, slots=True)
class SnapTradeUsers:
    """Deletes users of this customer."""

    http_client: SnapTradeHttpClient

    def delete(self, user_id: str) -> ProviderAnswer:
        """Queue a user for deletion; no secret is needed, and a later try is MissingUpstream."""
        return self.http_client.tell(endpoints.DELETE_USER, parameters={"userId": user_id})
