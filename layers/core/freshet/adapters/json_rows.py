"""An object of JSON taken apart: what is in it, exact, and the text of each row of its lists."""

import re
from typing import Any

from freshet.adapters.exact_json import DECODER

_BEGIN, _BEGIN_LIST = (re.compile(rf"[ \t\n\r]*(\{mark})[ \t\n\r]*") for mark in "{[")
_COLON = re.compile(r"[ \t\n\r]*(:)[ \t\n\r]*")
_NEXT = re.compile(r"[ \t\n\r]*([,}])[ \t\n\r]*")
_NEXT_ROW = re.compile(r"[ \t\n\r]*([,\]])[ \t\n\r]*")

type RowTexts = dict[str, list[str]]
"""The rows of the lists in an object as they were sent, by the list's name."""


def parsed_rows(text: str) -> tuple[dict[str, Any], RowTexts]:
    """Parse an object once, and keep the texts of its rows; raises ValueError, RecursionError."""
    content: dict[str, Any] = {}
    texts: RowTexts = {}
    at, mark = _after(_BEGIN, text, 0)
    while mark != "}":
        name, at = DECODER.raw_decode(text, at)
        at, _ = _after(_COLON, text, at)
        if text.startswith("[", at):
            content[name], texts[name], at = _rows(text, at)
        else:
            content[name], at = DECODER.raw_decode(text, at)
        at, mark = _after(_NEXT, text, at)
    if at != len(text):
        raise ValueError("more than one document")
    return content, texts


def _rows(text: str, at: int) -> tuple[list[Any], list[str], int]:
    rows: list[Any] = []
    texts: list[str] = []
    at, mark = _after(_BEGIN_LIST, text, at)
    if text.startswith("]", at):
        return rows, texts, at + 1
    while mark != "]":
        row, end = DECODER.raw_decode(text, at)
        rows.append(row)
        texts.append(text[at:end])
        at, mark = _after(_NEXT_ROW, text, end)
    return rows, texts, at


def _after(mark: re.Pattern[str], text: str, at: int) -> tuple[int, str]:
    """Go on behind a mark and the blanks around it."""
    found = mark.match(text, at)
    if found is None:
        raise ValueError(f"something is missing at {at}")
    return found.end(), found[1]
