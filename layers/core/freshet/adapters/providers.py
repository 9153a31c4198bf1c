"""The providers this deployment has keys for, and how to open a visit at each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from freshet.domain.connection import Connection
from freshet.domain.credential import Credential
from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.provider import Provider
from freshet.ports import CredentialVault


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredProviders[Visitor]:
    """The port Providers."""

    vault: CredentialVault
    openers: Mapping[Provider, Callable[[Connection, Credential], Visitor]]

    def open(self, connection: Connection) -> Visitor:
        """Start a visit; raises ProviderNotConfigured, CredentialMissing, SecretUnavailable."""
        opener = self.openers.get(connection.provider)
        if opener is None:
            raise ProviderNotConfigured(connection.provider)
        credential = self.vault.find(connection.user_id, connection.credential_name)
        return opener(connection, credential)
