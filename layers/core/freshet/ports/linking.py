"""Attempts to link, who the users are at the providers, and the providers' own pages."""

from collections.abc import Sequence
from typing import Protocol

from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.credential import Credential, Secret
from freshet.domain.link_session import LinkSession
from freshet.domain.linking import LinkToken, PortalLink
from freshet.domain.provider_user import ProviderUser


class LinkSessions(Protocol):
    """Attempts by their owner; they are forgotten after a day or two."""

    def get(self, user_id: str, session_id: str) -> LinkSession:
        """Read one, consistently; raises NotFound."""

    def of_user(self, user_id: str) -> Sequence[LinkSession]:
        """List a user's attempts."""

    def save(self, session: LinkSession) -> None:
        """Store one as it is now."""


class ProviderUsers(Protocol):
    """Under which ids SnapTrade knows our users."""

    def find(self, user_id: str) -> ProviderUser:
        """Read a user's registration, consistently; one without an id where there is none."""

    def save(self, user: ProviderUser) -> ProviderUser:
        """Store it; once registered, webhooks find the user by the id. Raises ConcurrentChange."""


class Portal(Protocol):
    """SnapTrade's users and its portal; every method raises CallFailed."""

    def register_user(self, user_id: str) -> Credential:
        """Register a user under an id; the secret is shown this once."""

    def delete_user(self, user_id: str) -> ProviderAnswer:
        """Queue a user for deletion."""

    def connection_ids(self, user: Credential) -> Sequence[str]:
        """List the user's connections."""

    def portal(
        self,
        user: Credential,
        *,
        redirect_url: str | None,
        broker: str | None = None,
        reconnect: str | None = None,
    ) -> PortalLink:
        """Give a link to the portal, to link anew or to `reconnect` a connection."""


class ItemLinks(Protocol):
    """Plaid's Link, with the terms of this deployment; every method raises CallFailed."""

    def link_token(
        self, alias: str, *, webhook: str, redirect_uri: str | None, institution: str | None
    ) -> LinkToken:
        """Give what Link needs for a new Item that tells `webhook` what happens to it."""

    def repair_token(self, alias: str, item: Credential, *, redirect_uri: str | None) -> LinkToken:
        """Give what Link needs to repair an Item, which keeps its ids and its token."""

    def exchange(self, public_token: Secret) -> Credential:
        """Turn Link's public token into the Item's credential: once, within half an hour."""

    def remove(self, item: Credential) -> ProviderAnswer:
        """End an Item, its token and its subscriptions, at once."""
