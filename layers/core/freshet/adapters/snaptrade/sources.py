"""The text beside stored holdings: which calls of SnapTrade's it came from, and their documents."""

from typing import Any

from msgspec import Struct

from freshet.adapters.exact_json import parsed_text
from freshet.adapters.snaptrade.fields import Document


class CurrentDocuments(Struct, frozen=True):
    """What today's two calls answered."""

    positions: Document
    balances: list[Document]


class RetiredDocument(Struct, frozen=True):
    """What the retired call answered, whole."""

    content: dict[str, Any]


def current_source(*, positions: str, balances: str) -> str:
    """Put the texts of today's two answers into one; that of the retired call is its own."""
    return f'{{"positions":{positions},"balances":{balances}}}'


def documents_of(source: str) -> CurrentDocuments | RetiredDocument:
    """Take a text apart: the retired call lists positions, today's wraps them in an answer."""
    content = parsed_text(source)
    positions = content.get("positions")
    if not isinstance(positions, dict):
        return RetiredDocument(content)
    return CurrentDocuments(positions, content["balances"])
