"""Plaid's Link as this deployment shows it."""

from msgspec import Struct

from freshet.adapters.plaid.link_flow import LinkToken
from freshet.adapters.plaid.linking import LinkTerms, PlaidLinking
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.credential import Credential, Secret


class PlaidItemLinks(Struct, frozen=True):
    """The port ItemLinks."""

    linking: PlaidLinking
    client_name: str
    language: str
    country_codes: tuple[str, ...]

    def link_token(
        self, alias: str, *, webhook: str, redirect_uri: str | None, institution: str | None
    ) -> LinkToken:
        """Give what Link needs for a new Item that tells `webhook` what happens to it."""
        terms = self._terms(alias, redirect_uri, institution)
        return self.linking.link_token(terms, webhook=webhook)

    def repair_token(self, alias: str, item: Credential, *, redirect_uri: str | None) -> LinkToken:
        """Give what Link needs to repair an Item, which keeps its ids and its token."""
        return self.linking.repair_token(self._terms(alias, redirect_uri, None), item)

    def exchange(self, public_token: Secret) -> Credential:
        """Turn Link's public token into the Item's credential: once, within half an hour."""
        return self.linking.exchange(public_token)

    def remove(self, item: Credential) -> ProviderAnswer:
        """End an Item, its token and its subscriptions, at once."""
        return self.linking.remove(item)

    def _terms(self, alias: str, redirect_uri: str | None, institution: str | None) -> LinkTerms:
        return LinkTerms(
            client_user_id=alias,
            client_name=self.client_name,
            language=self.language,
            country_codes=self.country_codes,
            redirect_uri=redirect_uri,
            institution_id=institution,
        )
