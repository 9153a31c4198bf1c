"""What a planner's turn does with what is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from freshet.domain.connection import Connection
from freshet.domain.provider import Provider

DUE_SHARDS = 4
"""Partitions of the due index for each provider; each takes 1,000 writes a second."""

CALLS_PER_VISIT = {Provider.SNAPTRADE: 6, Provider.PLAID: 2}
"""Calls of a usual visit. SnapTrade: detail, accounts, two for each of two accounts."""

HEADROOM = 8
"""Calls a minute that the sweep leaves to people who wait for an answer."""


class Turn(StrEnum):
    """What to do with a connection whose time has come."""

    BUY = "buy"
    READ = "read"


def turn_for(connection: Connection, *, now: datetime) -> Turn:
    """Choose: an unfinished purchase goes on, a wanted one starts, everything else is a read."""
    if connection.open_refresh_id is not None:
        return Turn.READ if connection.open_refresh_called else Turn.BUY
    return Turn.BUY if connection.wants_refresh(now=now) else Turn.READ


@dataclass(frozen=True, slots=True)
class Pace:
    """How many connections one turn takes and how far apart they start."""

    per_minute: int

    @classmethod
    def for_quota(cls, provider: Provider, requests_per_minute: int) -> "Pace":
        """Spend the provider's quota, less the headroom, on whole visits."""
        spendable = requests_per_minute - HEADROOM
        return cls(per_minute=max(1, spendable // CALLS_PER_VISIT[provider]))

    def delay(self, position: int) -> timedelta:
        """Say how long after the turn's start the n-th connection begins, n from 0."""
        return timedelta(minutes=1) * position / self.per_minute
