"""A vault that is written under the user's lease, whichever vault it is."""

from msgspec import Struct

from freshet.domain.credential import Credential
from freshet.ports import CredentialVault, UserLease


class LeasedVault(Struct, frozen=True):
    """The port CredentialVault: two writers of one user never lose each other's credential."""

    vault: CredentialVault
    lease: UserLease

    def find(self, user_id: str, name: str) -> Credential:
        """Give a credential, without the lease; raises CredentialMissing, SecretUnavailable."""
        return self.vault.find(user_id, name)

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        """Store a credential; raises SecretUnavailable, UserBusy."""
        with self.lease.hold(user_id):
            self.vault.keep(user_id, name, credential)

    def forget(self, user_id: str, name: str) -> None:
        """Drop one credential; raises SecretUnavailable, UserBusy."""
        with self.lease.hold(user_id):
            self.vault.forget(user_id, name)

    def forget_user(self, user_id: str) -> None:
        """Drop all of a user's credentials; raises SecretUnavailable, UserBusy."""
        with self.lease.hold(user_id):
            self.vault.forget_user(user_id)
