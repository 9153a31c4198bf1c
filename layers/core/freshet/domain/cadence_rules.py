"""How often to read and to buy: what may be asked for, and what a change does to the plan."""

from copy import replace
from datetime import datetime, timedelta

from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.errors import InvalidField
from freshet.domain.instants import duration_to_text
from freshet.domain.provider_limits import LONGEST_CADENCE, ProviderLimits


def check_read_every(every: timedelta, limits: ProviderLimits, *, field: str) -> None:
    """Raise InvalidField for reads more frequent than is polite, or next to never."""
    _check(every, limits.shortest_read_cadence, field)


def check_refresh_every(every: timedelta, limits: ProviderLimits, *, field: str) -> None:
    """Raise InvalidField for purchases more frequent than is sensible, or next to never."""
    _check(every, limits.shortest_refresh_cadence, field)


def _check(every: timedelta, shortest: timedelta, field: str) -> None:
    if not shortest <= every <= LONGEST_CADENCE:
        bounds = f"{duration_to_text(shortest)} to {duration_to_text(LONGEST_CADENCE)}"
        raise InvalidField(field, f"must be from {bounds} at this provider")


def replanned(
    wanted: Connection, cadence: Cadence, *, before: Connection, now: datetime
) -> Connection:
    """Take up a cadence and the place in the index that follows; what did not change stays."""
    if cadence != wanted.cadence:
        wanted = _with_cadence(wanted, cadence, now=now)
    if wanted == before:
        return before
    return wanted.rescheduled(now=now)


def _with_cadence(connection: Connection, cadence: Cadence, *, now: datetime) -> Connection:
    next_read_at = connection.schedule.next_read_at or now
    next_refresh_at = _next_refresh(connection, cadence.refresh_every, now=now)
    return replace(
        connection,
        cadence=cadence,
        schedule=replace(
            connection.schedule, next_read_at=min(next_read_at, now + cadence.read_every)
        ),
        purchases=replace(connection.purchases, next_refresh_at=next_refresh_at),
    )


def _next_refresh(
    connection: Connection, every: timedelta | None, *, now: datetime
) -> datetime | None:
    if every is None:
        return None
    if every == connection.cadence.refresh_every:
        return connection.purchases.next_refresh_at
    purchases = connection.purchases
    last, planned = purchases.last_purchase_at, purchases.next_refresh_at or now
    # Counted from the last purchase, scheduled or pressed: one day's data is not paid for twice.
    wanted_at = planned if last is None else last + every
    return min(max(wanted_at, now), now + every)
