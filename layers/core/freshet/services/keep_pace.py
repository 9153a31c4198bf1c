"""Keeping one user from asking more than a person does, where asking costs quota or money."""

from dataclasses import dataclass

from freshet.domain.pacing import Pace
from freshet.ports import Clock, UserPacing


@dataclass(frozen=True, slots=True)
class Pacing:
    """What it takes."""

    users: UserPacing
    clock: Clock


def keep_pace(user_id: str, pace: Pace, *, parts: Pacing) -> None:
    """Count a request; raises TooManyRequests."""
    parts.users.take(user_id, pace, now=parts.clock())
