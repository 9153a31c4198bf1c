"""The vault of credentials in memory, and the lease on it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from freshet.domain.credential import Credential
from freshet.domain.errors import CredentialMissing, UserBusy


class FakeVault:
    """The ports CredentialVault and CredentialSource in memory."""

    def __init__(self) -> None:
        self.held_by_name: dict[tuple[str, str], Credential] = {}

    def find(self, user_id: str, name: str) -> Credential:
        try:
            return self.held_by_name[user_id, name]
        except KeyError as error:
            raise CredentialMissing(name) from error

    def held(self, user_id: str) -> Mapping[str, Credential]:
        every = self.held_by_name.items()
        return {name: credential for (owner, name), credential in every if owner == user_id}

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        self.held_by_name[user_id, name] = credential

    def forget(self, user_id: str, name: str) -> None:
        self.held_by_name.pop((user_id, name), None)

    def forget_user(self, user_id: str) -> None:
        for name in self.held(user_id):
            self.forget(user_id, name)


class FakeUserLease:
    """The port UserLease in memory; it expires when it is told to."""

    def __init__(self, holders: dict[str, "FakeUserLease"] | None = None) -> None:
        self._holders = {} if holders is None else holders

    def of_another(self) -> "FakeUserLease":
        """Give the lease as another process has it."""
        return FakeUserLease(self._holders)

    def expire(self) -> None:
        """Let others take what is held."""
        self._holders.clear()

    @contextmanager
    def hold(self, user_id: str) -> Iterator[None]:
        is_mine = self._holders.get(user_id) is self
        if user_id in self._holders and not is_mine:
            raise UserBusy(user_id)
        self._holders[user_id] = self
        try:
            yield
        finally:
            if not is_mine and self._holders.get(user_id) is self:
                del self._holders[user_id]
