"""One at a time for each user."""

from contextlib import AbstractContextManager
from typing import Protocol


class UserLease(Protocol):
    """Who may write a user's credentials now."""

    def held(self, user_id: str) -> AbstractContextManager[None]:
        """Hold the lease for a block, after a short wait for it; raises LeaseUnavailable."""
