"""How a provider stands to this deployment: its limit, its pause, and whether our keys fit."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.domain.health import Pause

FILL_IN = "fill-in"
"""The client id in the secret that a new stack makes."""


class ConfiguredStanding(Struct, frozen=True):
    """The port ProviderStanding."""

    calls_per_minute: int
    quota: DynamoQuota
    try_it: Callable[[], None]

    def try_keys(self) -> None:
        """Make one call that costs nothing with our own keys."""
        self.try_it()

    def pause(self, *, now: datetime) -> Pause | None:
        """Say until when no call is made."""
        return self.quota.pause()
