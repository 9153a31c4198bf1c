"""The retry loop of the optimistic lock: read, decide, store if nothing has changed meanwhile."""

from collections.abc import Callable
from contextlib import suppress

from freshet.domain.errors import ConcurrentChange

MOST_ATTEMPTS = 40
"""Each lost race means that another writer got on, so a long row of them ends by itself.

The busiest row is the list of a user's accounts: all readers of that user add to it.
"""


def retry_lost_races[Result](attempt: Callable[[], Result], *, row: str) -> Result:
    """Run an attempt, which reads anew each time, until it no longer raises ConcurrentChange.

    Raises ConcurrentChange with the row's name after MOST_ATTEMPTS, and whatever else it raises.
    """
    for _ in range(MOST_ATTEMPTS):
        with suppress(ConcurrentChange):
            return attempt()
    raise ConcurrentChange(row)
