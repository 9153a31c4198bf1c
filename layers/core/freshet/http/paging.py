"""Pages: `limit` and an opaque `cursor`."""

import base64
import binascii

from freshet.domain.errors import InvalidField
from freshet.http.application import Api

_USUAL, _MOST = 100, 500


def limit_of(api: Api) -> int:
    """Read how many items are wanted; raises InvalidField."""
    text = api.query("limit")
    if text is None:
        return _USUAL
    if not text.isdecimal() or not 1 <= int(text) <= _MOST:
        raise InvalidField("limit", f"must be a whole number from 1 to {_MOST}")
    return int(text)


def mark_of(api: Api, *, prefix: str) -> str | None:
    """Read where to go on; raises InvalidField for a cursor that we did not give out."""
    cursor = api.query("cursor")
    if cursor is None:
        return None
    try:
        mark = base64.urlsafe_b64decode(cursor.encode()).decode()
    except (binascii.Error, ValueError):
        mark = ""
    if not mark.startswith(prefix):
        raise InvalidField("cursor", "is not one of ours")
    return mark


def cursor_for(mark: str | None) -> str | None:
    """Render where the next page begins."""
    return None if mark is None else base64.urlsafe_b64encode(mark.encode()).decode()
