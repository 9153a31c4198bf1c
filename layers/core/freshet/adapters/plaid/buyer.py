"""What is bought at Plaid for an Item: no model is loaded."""

from msgspec import Struct

from freshet.adapters.plaid import endpoints
from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.credential import Credential
from freshet.domain.errors import ProviderNotConfigured


class PlaidBuyer(Struct, frozen=True):
    """The port ProviderBuyer for an Item; its wire's gate is the one of purchases."""

    http_client: PlaidHttpClient
    item: Credential

    def refresh(self) -> ProviderAnswer:
        """Buy a refresh: billed when it answers 200, never repeated."""
        body = {"access_token": self.item.secret.reveal()}
        return self.http_client.tell(endpoints.REFRESH, body, item=self.item.subject)

    def sync_transactions(self) -> ProviderAnswer:
        """Plaid has no such call: a plain read stands in for it, before it comes to this."""
        raise ProviderNotConfigured("transactions sync")

    def remove(self) -> ProviderAnswer:
        """End the Item, its token and its subscriptions, at once."""
        body = {"access_token": self.item.secret.reveal()}
        return self.http_client.tell(endpoints.REMOVE_ITEM, body, item=self.item.subject)
