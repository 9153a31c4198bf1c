"""Days and instants as callers write them: one spelling of each, within the years people mean."""

import re
from datetime import date, datetime

from freshet.domain.days import CALENDAR
from freshet.domain.instants import stated_from_text

BOUNDS = "between 1900-01-01 and 2199-12-31"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    _DAY.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def day_from_text(text: str) -> date:
    """Read `2026-11-20`; raises ValueError for ISO 8601's other spellings and outside of BOUNDS."""
    if not _DAY.fullmatch(text):
        raise ValueError("not a day")
    day = date.fromisoformat(text)
    if day not in CALENDAR:
        raise ValueError("not a day of our time")
    return day


def moment_from_text(text: str) -> date | datetime:
    """Read a day, or an instant as in RFC 3339; raises ValueError, also outside of BOUNDS."""
    # The RFC also allows small letters.
    capital = text.upper()
    return stated_from_text(capital) if _INSTANT.fullmatch(capital) else day_from_text(text)
