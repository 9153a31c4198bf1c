"""Keeping one user from asking more than a person does."""

from datetime import datetime
from typing import Protocol

from freshet.domain.user_rate_limits import UserRateLimit


class UserRequests(Protocol):
    """Counts requests of users."""

    def take(self, user_id: str, limit: UserRateLimit, *, now: datetime) -> None:
        """Count one request; raises TooManyRequests."""
