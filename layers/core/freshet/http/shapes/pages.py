"""Lists as JSON."""

from collections.abc import Iterable

from freshet.http.shapes.vocabulary import Cursor, Shape


class Page[Item](Shape):
    """A page of a list, newest first; the last page has no cursor."""

    items: list[Item]
    next_cursor: Cursor | None


def page[Item](items: Iterable[Item], next_cursor: str | None = None) -> Page[Item]:
    """Show a page of a list."""
    return {"items": list(items), "next_cursor": next_cursor}
