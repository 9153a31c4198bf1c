"""When a connection is read next, which reader is at it, and what earlier reads have shown."""

from copy import replace
from datetime import date, datetime, timedelta

from msgspec import Struct

READ_LEASE = timedelta(seconds=150)  # longer than the reader's function timeout
_BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))


class ReadSchedule(Struct, frozen=True, kw_only=True):
    """The next read, the reader's lease, and the failures since the last whole read."""

    next_read_at: datetime | None = None
    reading_until: datetime | None = None
    allowed_on: date | None = None
    """The UTC day for which the schedule's next read of this connection is counted already."""
    consecutive_failures: int = 0
    overdue_since: datetime | None = None
    """When the read was due that no quota was left for: kept until a read succeeds."""
    calls_per_read_run: int | None = None
    """How many calls the last whole read made: what the next one is planned with."""

    def is_being_read(self, *, now: datetime) -> bool:
        """Tell whether another reader holds the lease."""
        return self.reading_until is not None and self.reading_until > now

    def started(self, *, now: datetime) -> "ReadSchedule":
        """Take the reader's lease, so that one connection is read by one worker at a time."""
        return replace(self, reading_until=now + READ_LEASE)

    def ended(self) -> "ReadSchedule":
        """Give the reader's lease back."""
        return replace(self, reading_until=None)

    def postponed(self, until: datetime, *, allowed_on: date | None = None) -> "ReadSchedule":
        """Out of quota: the same read later, counted once and without counting a failure."""
        return replace(
            self,
            next_read_at=until,
            allowed_on=allowed_on or self.allowed_on,
            overdue_since=self.overdue_since or self.next_read_at,
        )

    @property
    def is_postponed(self) -> bool:
        """Tell whether it goes before those that were not tried: quota was missing for it."""
        return self.overdue_since is not None

    def after_failure(self, *, now: datetime, wait: timedelta | None) -> "ReadSchedule":
        """Step back; this connection alone waits longer after each failure."""
        step = _BACK_OFF[min(self.consecutive_failures, len(_BACK_OFF) - 1)]
        return replace(
            self,
            consecutive_failures=self.consecutive_failures + 1,
            next_read_at=now + max(step, wait or step),
        )

    def after_success(self, *, calls: int, next_read_at: datetime) -> "ReadSchedule":
        """Note a whole read and when the next one is due."""
        return replace(
            self,
            next_read_at=next_read_at,
            allowed_on=None,
            consecutive_failures=0,
            overdue_since=None,
            calls_per_read_run=calls or None,
        )
