"""A gate for clients whose quota is not what is tested."""

from datetime import timedelta

from msgspec import field

from freshet.adapters.rate_guard import Circuit, RateGuard
from freshet.domain.call_errors import ProviderError
from freshet.ports import Clock, Quota
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.integration.bench import FakeQuota


class OpenGate(RateGuard, frozen=True):
    """Lets everybody in and learns nothing."""

    quota: Quota = field(default_factory=FakeQuota)
    circuit: Circuit = field(default_factory=Circuit)
    clock: Clock = field(default_factory=lambda: FakeClock(NOON))

    def enter(self) -> None:
        """Allow."""

    def learn(self, subject: str, failure: ProviderError | None = None) -> None:
        """Forget what a call brought."""

    def pause(self, wait: timedelta | None) -> None:
        """Stay open."""
