"""Lists: `limit`, an opaque `cursor`, and the days `from` one `to` another."""

import base64
import binascii
from collections.abc import Callable, Iterable
from datetime import date

from freshet.domain.days import DayRange
from freshet.domain.errors import InvalidField
from freshet.http.application import Api
from freshet.http.moments import BOUNDS, day_from_text
from freshet.http.operation import Parameter

_USUAL, _MOST = 100, 500
_LONGEST_CURSOR = 1000  # a sort key has at most 1,024 bytes
CURSOR = Parameter(
    name="cursor",
    description="Where the page begins: `next_cursor` of the page before",
    schema={"type": "string", "maxLength": _LONGEST_CURSOR, "pattern": "^[A-Za-z0-9_-]+=*$"},
)
_LENGTH_OF_DAY = len("2026-11-20")
_DAY = {"type": "string", "format": "date"}
FROM = Parameter(name="from", description=f"The first day, included; {BOUNDS}", schema=_DAY)
TO = Parameter(name="to", description=f"The day after the last one; {BOUNDS}", schema=_DAY)


def limit_parameter(*, usual: int = _USUAL, most: int = _MOST) -> Parameter:
    """Describe `limit` for a list."""
    return Parameter(
        name="limit",
        description="How many items a page has at most",
        schema={"type": "integer", "minimum": 1, "maximum": most, "default": usual},
    )


PAGED = (limit_parameter(), CURSOR)


def limit_of(api: Api, *, usual: int = _USUAL, most: int = _MOST) -> int:
    """Read how many items are wanted; raises InvalidField."""
    text = api.query("limit")
    if text is None:
        return usual
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not is_number or not 1 <= int(text) <= most:
        raise InvalidField("limit", f"must be a whole number from 1 to {most}")
    return int(text)


def page_of[Item](
    api: Api, items: Iterable[Item], *, name: str, place: Callable[[Item], str]
) -> tuple[list[Item], str | None]:
    """Cut the wanted page from a short list, last place first; raises InvalidField.

    A cursor names a place, not an item: the page goes on there, also when the item has gone.
    """
    limit, before = limit_of(api), cursor_mark(api, prefix=name)
    in_order = sorted(items, key=place, reverse=True)
    left = [each for each in in_order if before is None or name + place(each) < before]
    following = name + place(left[limit - 1]) if len(left) > limit else None
    return left[:limit], cursor_for(following)


def day_range_of(api: Api) -> DayRange:
    """Read which days are wanted, `from` inclusive, `to` exclusive; raises InvalidField."""
    first, before = _day_of(api, "from"), _day_of(api, "to")
    if first is not None and before is not None and first >= before:
        raise InvalidField("from", "must be before to")
    return DayRange(first=first, before=before)


def cursor_mark(api: Api, *, prefix: str) -> str | None:
    """Read where to go on, `prefix` included; raises InvalidField for a cursor of another list."""
    cursor = api.query("cursor")
    if cursor is None:
        return None
    mark = _decoded(cursor) if len(cursor) <= _LONGEST_CURSOR else ""
    # Printable: whatever else was put together in the right form only names another place.
    if not (mark.startswith(prefix) and mark.isascii() and mark.isprintable()):
        raise InvalidField("cursor", "is not one of ours")
    return mark


def dated_mark(api: Api, *, prefix: str) -> str | None:
    """Read where to go on in a list whose places begin with a day; raises InvalidField."""
    mark = cursor_mark(api, prefix=prefix)
    if mark is not None:
        try:
            day_from_text(mark.removeprefix(prefix)[:_LENGTH_OF_DAY])
        except ValueError:
            raise InvalidField("cursor", "is not one of ours") from None
    return mark


def cursor_for(mark: str | None) -> str | None:
    """Render where the next page begins."""
    return None if mark is None else base64.urlsafe_b64encode(mark.encode()).decode()


def _day_of(api: Api, name: str) -> date | None:
    text = api.query(name)
    if text is None:
        return None
    try:
        return day_from_text(text)
    except ValueError:
        raise InvalidField(name, f"must be a day such as 2026-11-20, {BOUNDS}") from None


def _decoded(cursor: str) -> str:
    try:
        return base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
