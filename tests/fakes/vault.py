"""The vault of credentials in memory."""

from freshet.domain.credential import Credential
from freshet.domain.errors import CredentialMissing


class FakeVault:
    """The port CredentialVault in memory."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Credential] = {}

    def find(self, user_id: str, name: str) -> Credential:
        try:
            return self.held[user_id, name]
        except KeyError as error:
            raise CredentialMissing(name) from error

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        self.held[user_id, name] = credential

    def forget(self, user_id: str, name: str) -> None:
        self.held.pop((user_id, name), None)

    def forget_user(self, user_id: str) -> None:
        for key in [each for each in self.held if each[0] == user_id]:
            del self.held[key]
