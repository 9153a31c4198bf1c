"""Who may write a user's credentials, where they come from and how they are replaced."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from freshet.domain.credential import Credential
from freshet.domain.provider import Provider


class UserLease(Protocol):
    """One writer at a time for all that is secret of one user."""

    def hold(self, user_id: str) -> AbstractContextManager[None]:
        """Be the only one inside the block; raises UserBusy, SecretUnavailable on entering.

        Its holder may enter again, and so renews it: the vault's own writes do. It ends a
        minute after the last entering, should its holder have died.
        """


class CredentialSource(Protocol):
    """A store that credentials move out of."""

    def held(self, user_id: str) -> Mapping[str, Credential]:
        """Give all of a user's credentials by name; raises SecretUnavailable."""

    def forget_user(self, user_id: str) -> None:
        """Drop all of a user's credentials; raises SecretUnavailable."""


class CredentialRotation(Protocol):
    """Has the providers replace credentials."""

    def replace(self, provider: Provider, credential: Credential) -> Credential:
        """Get a new one: the old one is void at once; raises CallFailed, ProviderNotConfigured.

        Raises AccessRevoked where the old one was void before.
        """
