"""A gate for clients whose quota is not what is tested."""

from datetime import timedelta

from freshet.adapters.rate_guard import Circuit, RateGuard
from freshet.domain.call_errors import ProviderError
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.integration.bench import FakeQuota


class OpenGate(RateGuard, frozen=True):
    """Lets everybody in and learns nothing."""

    def __init__(self) -> None:
        super().__init__(FakeQuota(), Circuit(), FakeClock(NOON))

    def enter(self) -> None:
        """Allow."""

    def learn(self, subject: str, failure: ProviderError | None = None) -> None:
        """Forget what a call brought."""

    def pause(self, wait: timedelta | None) -> None:
        """Stay open."""
