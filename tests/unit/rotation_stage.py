"""A connection whose credential is about to be rotated."""

from datetime import timedelta

from freshet.domain.call_errors import CallFailed
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import SecretUnavailable
from freshet.services.rotate_credential import (
    RotateCredentialDependencies,
    Rotation,
    rotate_credential,
)
from tests.builders import CONNECTION_ID, USER
from tests.fakes import FakeRotation, FakeUserLease, FakeVault
from tests.unit.stage import Stage

OLD = Credential("provider-user-1", Secret("invented-old"))
NAME = "snaptrade"  # as the builder's connection calls it


class FailingVault(FakeVault):
    """A vault whose writes fail a number of times, before or after their work."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0
        self.does_work = False

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        if not self.failures or self.does_work:
            super().keep(user_id, name, credential)
        self._fail()

    def forget(self, user_id: str, name: str) -> None:
        self._fail()
        super().forget(user_id, name)

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise SecretUnavailable("vault")


class RotationStage:
    """Two connections that share a credential, a third with its own, and the provider."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.other = self.stage.also_link("b")
        self.stranger = self.stage.also_link("c", credential_name="snaptrade-2")
        self.vault = FailingVault()
        self.vault.keep(USER, NAME, OLD)
        self.lease = FakeUserLease()
        self.provider = FakeRotation(OLD)

    @property
    def rotating(self) -> RotateCredentialDependencies:
        return RotateCredentialDependencies(
            connections=self.stage.connections,
            vault=self.vault,
            lease=self.lease,
            rotation=self.provider,
            reads=self.stage.reads,
            bus=self.stage.bus,
            wait=self.stage.clock.advance,
            clock=self.stage.clock,
        )

    def rotate(self) -> Rotation:
        return rotate_credential(USER, CONNECTION_ID, deps=self.rotating)

    def lose_answer(
        self, failure: CallFailed, *, does_work: bool, takes: timedelta = timedelta()
    ) -> None:
        self.provider.failures.append((failure, does_work))
        self.provider.before_answering = lambda: self.stage.clock.advance(takes)

    def statuses(self) -> list[ConnectionStatus]:
        ids = (CONNECTION_ID, self.other, self.stranger)
        return [self.stage.connections.get(USER, each).link.status for each in ids]

    def is_consistent(self) -> bool:
        """Whether the vault holds what the provider takes."""
        return self.vault.find(USER, NAME) == self.provider.valid
