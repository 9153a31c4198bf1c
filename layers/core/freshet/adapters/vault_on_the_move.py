"""A vault whose credentials are moving from one store to another."""

from contextlib import suppress

from msgspec import Struct

from freshet.domain.credential import Credential
from freshet.domain.errors import CredentialMissing
from freshet.ports import CredentialVault


class VaultOnTheMove(Struct, frozen=True):
    """The port CredentialVault: writes go to the new store, and what it lacks the old one has."""

    new: CredentialVault
    old: CredentialVault

    def find(self, user_id: str, name: str) -> Credential:
        """Give a credential; raises CredentialMissing, SecretUnavailable."""
        for store in (self.new, self.old):
            with suppress(CredentialMissing):
                return store.find(user_id, name)
        # It may have moved between the two looks.
        return self.new.find(user_id, name)

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        """Store a credential; raises SecretUnavailable."""
        self.new.keep(user_id, name, credential)

    def forget(self, user_id: str, name: str) -> None:
        """Drop one credential; raises SecretUnavailable."""
        # The old one first: should we die in between, it does not come back in place of a newer.
        self.old.forget(user_id, name)
        self.new.forget(user_id, name)

    def forget_user(self, user_id: str) -> None:
        """Drop all of a user's credentials; raises SecretUnavailable."""
        self.old.forget_user(user_id)
        self.new.forget_user(user_id)
