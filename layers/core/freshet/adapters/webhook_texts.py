"""The texts of a webhook that we keep: an id is sound or refused, a word is mended and cut."""

from collections.abc import Iterable, Mapping

from freshet.domain.errors import MalformedWebhook

_LONGEST_ID = 255  # bytes; two of them and a time must fit into a key of the table
_LONGEST_WORD = 100


def demand_sound_ids(document: Mapping[str, object], names: Iterable[str]) -> None:
    """Raise MalformedWebhook for an id with half a character, a control character or no end.

    No connection of ours has such an id, and no table takes it: queued, it would only fail.
    """
    for name in names:
        value = document.get(name)
        if isinstance(value, str) and not _is_sound(value):
            raise MalformedWebhook("broken_text")


def mended(value: object) -> str:
    """Give a word as it may be stored: what is no character becomes a question mark."""
    text = str(value)[:_LONGEST_WORD]
    return "".join(each if _is_sound(each) else "?" for each in text)


def _is_sound(text: str) -> bool:
    # No half of a surrogate pair is printable, and no control character.
    return text.isprintable() and len(text.encode("utf-8", "replace")) <= _LONGEST_ID
