"""What a planner's turn does with what is due."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from freshet.domain.connection import Connection
from freshet.domain.connection_status import BROKEN
from freshet.domain.provider_traits import ProviderTraits

DUE_SHARDS = 4
"""Partitions of the due index for each provider; each takes 1,000 writes a second."""

_CALLS_PER_LOOK = 20
_FEWEST_CALLS = 2
"""No read makes do with fewer."""


class Turn(StrEnum):
    """What to do with a connection whose time has come."""

    BUY = "buy"
    READ = "read"


def turn_for(connection: Connection, *, now: datetime) -> Turn:
    """Choose: an unfinished purchase goes on, a wanted one starts, everything else is a read.

    Before any money it is judged whether a newer connection supersedes this one.
    """
    if connection.is_to_be_judged:
        return Turn.READ
    has_call = connection.slots.refresh_to_call(now=now) is not None
    return Turn.BUY if has_call or connection.wants_refresh(now=now) else Turn.READ


def calls_of(connection: Connection, traits: ProviderTraits) -> int:
    """Say how many calls a read makes: as many as the last one, or as a usual one.

    A broken link is only looked at.
    """
    if connection.link.status in BROKEN:
        return 1
    return connection.schedule.calls_per_read_run or traits.calls_per_read_run


class TurnCapacity(Struct, frozen=True):
    """How many calls one turn may plan for and how far apart its reads start.

    A person's call finds room all the same: the limiter lets the sweep take slots only a little
    ahead of time.
    """

    calls_per_minute: int
    purchases_per_minute: int

    @property
    def most_connections(self) -> int:
        """How many connections a turn can hold at most."""
        return max(1, self.calls_per_minute // _FEWEST_CALLS)

    @property
    def most_looks(self) -> int:
        """How many broken links a turn looks at: at most one call in twenty goes to them."""
        return max(1, self.calls_per_minute // _CALLS_PER_LOOK)

    def is_full(self, *, calls: int, purchases: int) -> bool:
        """Tell whether a turn that has planned this much can take no more."""
        return calls >= self.calls_per_minute or purchases >= self.purchases_per_minute

    def delay(self, calls: int) -> timedelta:
        """Say how long after the turn's start a read begins before which so many are planned."""
        return min(timedelta(minutes=1), timedelta(minutes=1) * calls / self.calls_per_minute)
