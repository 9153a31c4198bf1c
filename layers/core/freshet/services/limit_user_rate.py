"""Keeping one user from asking more than a person does, where asking costs quota or money."""

from dataclasses import dataclass

from freshet.domain.user_rate_limits import UserRateLimit
from freshet.ports import Clock, UserRequests


@dataclass(frozen=True, slots=True)
class UserRateLimitDependencies:
    """What it takes."""

    users: UserRequests
    clock: Clock


def limit_user_rate(user_id: str, limit: UserRateLimit, *, deps: UserRateLimitDependencies) -> None:
    """Count a request; raises TooManyRequests."""
    deps.users.take(user_id, limit, now=deps.clock())
