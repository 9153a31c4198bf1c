"""Odd values in a provider's document: left out or mended, and told to the lines they are in."""

from collections.abc import Iterable, Iterator
from typing import Any

UNREAD = "\0unread"
"""The member under which an object is told what of it, or in it, could not be read."""
LONGEST_TEXT = 500
"""As much of a text as people read."""

type _Path = tuple[Any, ...]
"""Names of members and places in lists."""
_TEXT_ERRORS = ("string_too_long", "string_unicode", "string_pattern_mismatch")


def copied(content: Any) -> Any:
    """Copy a document, but for its texts and numbers."""
    match content:
        case dict():
            return {name: copied(each) for name, each in content.items()}
        case list():
            return [copied(each) for each in content]
    return content


def mend(content: Any, errors: Iterable[Any]) -> Iterator[str | None]:
    """Mend a document where pydantic found errors; name each odd value, None for a hopeless one."""
    places = {_place_in(content, each["loc"]): each["type"] for each in errors}
    for place, kind in places.items():
        if _place_in(content, place) == place:  # and not left out with what it was in
            yield _mend(content, place, kind)


def _place_in(content: Any, path: _Path) -> _Path:
    """Give the part of a path that is in the document: its end may name a kind that was tried."""
    place: list[Any] = []
    for step in path:
        if not (isinstance(content, dict | list) and step in _keys_of(content)):
            break
        content = content[step]
        place.append(step)
    return tuple(place)


def _keys_of(content: Any) -> Any:
    return content if isinstance(content, dict) else range(len(content))


def _mend(content: Any, place: _Path, kind: str) -> str | None:
    """Mend the value at a place of a document, or leave it out; None where that is impossible."""
    above: list[Any] = [content]
    for step in place:
        above.append(above[-1][step])
    if not place:
        return None
    name, value = place[-1], above.pop()
    if isinstance(name, int):  # a line that is no object, or lacks what names it
        above[-1][name] = {UNREAD: ["line"]}
        return "line"
    named = str(name)
    if kind in _TEXT_ERRORS and isinstance(value, str) and not _is_identifier(named):
        above[-1][name] = clean_text(value)
        return named
    del above[-1][name]
    for each in above:
        if isinstance(each, dict):
            each.setdefault(UNREAD, []).append(named)
    return named


def _is_identifier(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def clean_text(text: str) -> str:
    """Give a text for people without what no store takes, and no longer than people read."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "")[:LONGEST_TEXT]
