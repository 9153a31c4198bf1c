"""Lists: `limit`, an opaque `cursor`, and the days `from` one `to` another."""

import base64
import binascii
from datetime import date

from freshet.domain.days import DayRange
from freshet.domain.errors import InvalidField
from freshet.http.application import Api

_USUAL, _MOST = 100, 500
_LONGEST_CURSOR = 1000  # a sort key has at most 1,024 bytes


def limit_of(api: Api) -> int:
    """Read how many items are wanted; raises InvalidField."""
    text = api.query("limit")
    if text is None:
        return _USUAL
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST))
    if not is_number or not 1 <= int(text) <= _MOST:
        raise InvalidField("limit", f"must be a whole number from 1 to {_MOST}")
    return int(text)


def day_range_of(api: Api) -> DayRange:
    """Read which days are wanted, `from` inclusive, `to` exclusive; raises InvalidField."""
    first, before = _day_of(api, "from"), _day_of(api, "to")
    if first is not None and before is not None and first >= before:
        raise InvalidField("from", "must be before to")
    return DayRange(first=first, before=before)


def mark_of(api: Api, *, prefix: str) -> str | None:
    """Read where to go on, `prefix` included; raises InvalidField for a cursor of another list."""
    cursor = api.query("cursor")
    if cursor is None:
        return None
    mark = _decoded(cursor) if len(cursor) <= _LONGEST_CURSOR else ""
    # Printable: whatever else was put together in the right form only names another place.
    if not (mark.startswith(prefix) and mark.isascii() and mark.isprintable()):
        raise InvalidField("cursor", "is not one of ours")
    return mark


def cursor_for(mark: str | None) -> str | None:
    """Render where the next page begins."""
    return None if mark is None else base64.urlsafe_b64encode(mark.encode()).decode()


def _day_of(api: Api, name: str) -> date | None:
    text = api.query(name)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # The standard has other spellings: one is enough.
    if day is None or day.isoformat() != text:
        raise InvalidField(name, "must be a day such as 2026-11-20")
    return day


def _decoded(cursor: str) -> str:
    try:
        return base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
