"""Messages that were given up: an operator has them worked once more, or throws them away."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message as it was sent, and what it takes to delete it; the body is never shown."""

    id: str
    receipt: str = field(repr=False)
    body: str = field(repr=False)
    group: str | None
    attributes: Mapping[str, Mapping[str, str | bytes]] = field(repr=False)
