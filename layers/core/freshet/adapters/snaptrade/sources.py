"""The text beside stored holdings: which calls of SnapTrade's it came from, and their documents."""

from dataclasses import dataclass
from typing import Any

from freshet.adapters.exact_json import parsed_text
from freshet.adapters.snaptrade.fields import Document


@dataclass(frozen=True, slots=True)
class CurrentDocuments:
    """What today's two calls answered."""

    positions: Document
    balances: list[Document]


@dataclass(frozen=True, slots=True)
class RetiredDocument:
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
