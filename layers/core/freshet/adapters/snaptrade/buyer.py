"""What is asked of SnapTrade for a connection without reading anything: no model is loaded."""

from typing import Any

from msgspec import Struct

from freshet.adapters.snaptrade import endpoints
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.transport import Endpoint
from freshet.domain.call_errors import (
    CallFailed,
    ConnectionShared,
    MissingUpstream,
    ProviderAnswer,
)
from freshet.domain.credential import Credential


class SnapTradeBuyer(Struct, frozen=True):
    """The port ProviderBuyer for a SnapTrade connection."""

    http_client: SnapTradeHttpClient
    user: Credential
    connection_id: str

    def refresh(self) -> ProviderAnswer:
        """Buy a refresh: billed when it answers 200, never repeated."""
        return self._steer(endpoints.REFRESH)

    def sync_transactions(self) -> ProviderAnswer:
        """Ask for transactions up to yesterday to be loaded: not billed."""
        return self._steer(endpoints.SYNC_TRANSACTIONS)

    def remove(self) -> ProviderAnswer:
        """Queue the connection for deletion; a later try answers MissingUpstream."""
        return self.http_client.tell(
            endpoints.REMOVE_CONNECTION, self.connection_id, user=self.user
        )

    def _steer(self, endpoint: Endpoint) -> ProviderAnswer:
        """Ask for something; a connection that is listed and yet not found is another's."""
        try:
            return self.http_client.tell(endpoint, self.connection_id, user=self.user)
        except MissingUpstream as missing:
            if self._is_listed():
                raise ConnectionShared(missing.answer) from None
            raise

    def _is_listed(self) -> bool:
        try:
            listed = self.http_client.read(endpoints.CONNECTIONS, user=self.user).content
        except CallFailed:
            return False  # not known: a read of the connection tells
        ids = [each.get("id") for each in _objects(listed)]
        return self.connection_id in ids


def _objects(content: object) -> list[dict[str, Any]]:
    rows = content if isinstance(content, list) else []
    return [row for row in rows if isinstance(row, dict)]


class SnapTradeUsers(Struct, frozen=True):
    """Deletes users of this customer."""

    http_client: SnapTradeHttpClient

    def delete(self, user_id: str) -> ProviderAnswer:
        """Queue a user for deletion; no secret is needed, and a later try is MissingUpstream."""
        return self.http_client.tell(endpoints.DELETE_USER, parameters={"userId": user_id})
