"""How often one user may ask for what costs a provider's quota or money, beside all budgets.

A person who presses buttons never notices; a script with a user's token does.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UserRateLimit(StrEnum):
    """What is counted together."""

    LINKING = "linking"
    REPAIRING = "repairing"
    """Counted apart from new links: a user who has used up those can still repair a broken one."""
    REFRESHING = "refreshing"


class RateLimit(Struct, frozen=True):
    """So many requests in each stretch of time."""

    most: int
    stretch: timedelta

    def begin_of(self, now: datetime) -> datetime:
        """Say when the stretch began that `now` lies in; all of them are aligned to the clock."""
        return now - (now - _EPOCH) % self.stretch


LIMITS = {
    UserRateLimit.LINKING: RateLimit(20, timedelta(minutes=10)),
    UserRateLimit.REPAIRING: RateLimit(20, timedelta(minutes=10)),
    UserRateLimit.REFRESHING: RateLimit(30, timedelta(minutes=1)),
}
