"""Rows that a provider gives page by page, while it may be taking in more of them."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

_TRIES = 2


class ProviderPage[Row](Struct, frozen=True):
    """Some rows, and how many there are on all pages."""

    rows: Sequence[Row]
    total: int


def read_pages[Row](
    read: Callable[[int], ProviderPage[Row]], *, name: Callable[[Row], str | None]
) -> tuple[list[Row], bool]:
    """Read every page from an offset on, each row once by its name; tell whether that is all.

    A row that comes or goes between two pages shifts the rest: one is seen twice, or not at all.
    Then everything is read once more.
    """
    for _ in range(_TRIES):
        rows, is_whole = _read_once(read, name)
        if is_whole:
            break
    return rows, is_whole


def _read_once[Row](
    read: Callable[[int], ProviderPage[Row]], name: Callable[[Row], str | None]
) -> tuple[list[Row], bool]:
    rows: dict[tuple[str, int], Row] = {}
    totals: set[int] = set()
    offset = 0
    while True:
        page = read(offset)
        totals.add(page.total)
        rows |= _named(page.rows, name, offset)
        offset += len(page.rows)
        if not page.rows or offset >= page.total:
            return list(rows.values()), totals == {len(rows)}


def _named[Row](
    rows: Sequence[Row], name: Callable[[Row], str | None], offset: int
) -> Iterator[tuple[tuple[str, int], Row]]:
    # What has no name is called by its place; two of a name on one page are two.
    seen: dict[str, int] = {}
    for place, row in enumerate(rows, start=offset):
        called = name(row) or f"#{place}"
        seen[called] = seen.get(called, -1) + 1
        yield (called, seen[called]), row
