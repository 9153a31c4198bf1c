"""A provider that replaces credentials, in memory."""

from collections.abc import Callable

from freshet.domain.call_errors import AccessRevoked, CallFailed, ProviderAnswer
from freshet.domain.credential import Credential, Secret
from freshet.domain.provider import Provider


class FakeRotation:
    """The port CredentialRotation: it knows which secret is valid, and may lose its answers."""

    def __init__(self, valid: Credential) -> None:
        self.valid = valid
        self.calls = 0
        self.failures: list[tuple[CallFailed, bool]] = []
        """For each of the next calls: how it fails, and whether it does its work all the same."""
        self.before_answering: Callable[[], None] = lambda: None

    def replace(self, provider: Provider, credential: Credential) -> Credential:
        self.calls += 1
        failure, does_work = self.failures.pop(0) if self.failures else (None, True)
        if credential != self.valid:
            answer = ProviderAnswer(provider=provider, operation="rotate", status=401)
            raise AccessRevoked(answer)
        if does_work:
            self.valid = Credential(credential.subject, Secret(f"invented-rotated-{self.calls}"))
        self.before_answering()
        if failure is not None:
            raise failure
        return self.valid
