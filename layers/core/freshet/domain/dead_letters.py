"""Messages that were given up: an operator has them worked once more, or throws them away."""

from collections.abc import Mapping

from msgspec import Struct


class DeadLetter(Struct, frozen=True, kw_only=True):
    """One message as it was sent, and what it takes to delete it; the body is never shown."""

    id: str
    receipt: str
    body: str
    group: str | None
    attributes: Mapping[str, Mapping[str, str | bytes]]

    def __repr__(self) -> str:
        """Keep body, attributes and receipt out of traces and assertion messages."""
        return f"DeadLetter(id={self.id!r}, group={self.group!r})"
