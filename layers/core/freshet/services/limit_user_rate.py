"""Keeping one user from asking more than a person does, where asking costs quota or money."""

from msgspec import Struct

from freshet.domain.user_rate_limits import UserRateLimit
from freshet.ports import Clock, UserRequests


class UserRateLimitDependencies(Struct, frozen=True):
    """What it takes."""

    users: UserRequests
    clock: Clock


def limit_user_rate(user_id: str, limit: UserRateLimit, *, deps: UserRateLimitDependencies) -> None:
    """Count a request; raises TooManyRequests."""
    deps.users.take(user_id, limit, now=deps.clock())
