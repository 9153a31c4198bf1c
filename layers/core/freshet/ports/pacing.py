"""Keeping one user from asking more than a person does."""

from datetime import datetime
from typing import Protocol

from freshet.domain.pacing import Pace


class UserPacing(Protocol):
    """Counts requests of users."""

    def take(self, user_id: str, pace: Pace, *, now: datetime) -> None:
        """Count one request; raises TooManyRequests."""
