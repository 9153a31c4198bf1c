"""Ranges of days, whole ones, as calendars and statements count them.

Days outside of `CALENDAR` are accepted neither from providers nor from callers: near the ends of
Python's own calendar a time zone or one more day would lead out of it.
"""

from datetime import date

from msgspec import Struct


class DayRange(Struct, frozen=True, kw_only=True):
    """Days from `first` on, up to and without `before`; None leaves that end open."""

    first: date | None = None
    before: date | None = None

    def __contains__(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        is_too_early = self.first is not None and day < self.first
        is_too_late = self.before is not None and day >= self.before
        return not (is_too_early or is_too_late)


EVERY_DAY = DayRange()
CALENDAR = DayRange(first=date(1900, 1, 1), before=date(2200, 1, 1))
