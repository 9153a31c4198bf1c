"""The providers this deployment has keys for, and how to open a session at each."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential
from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.provider import Provider
from freshet.ports import CredentialVault


class ConfiguredProviders[Visitor](Struct, frozen=True, kw_only=True):
    """The port Providers."""

    vault: CredentialVault
    openers: Mapping[Provider, Callable[[Connection, Credential], Visitor]]

    def open(self, connection: Connection) -> Visitor:
        """Start a session; raises ProviderNotConfigured, CredentialMissing, SecretUnavailable."""
        opener = self.openers.get(connection.provider)
        if opener is None:
            raise ProviderNotConfigured(connection.provider)
        credential = self.vault.find(connection.user_id, connection.link.credential_name)
        return opener(connection, credential)


class ConfiguredProviderUsers(Struct, frozen=True):
    """The port UpstreamUsers, for those configured providers that have users."""

    deleters: Mapping[Provider, Callable[[str], ProviderAnswer]]

    def delete(self, provider: Provider, subject: str) -> ProviderAnswer:
        """Ask for a user's deletion; raises CallFailed, ProviderNotConfigured."""
        if provider not in self.deleters:
            raise ProviderNotConfigured(provider)
        return self.deleters[provider](subject)
