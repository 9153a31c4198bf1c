"""One row for each operation of a holdings backend: how an SDK asks for it, and how we do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Several(list[Any]):
    """One answer for each of several requests."""


def nothing(_: Any) -> None:
    """Prepare nothing."""


def all_of_it(given: Any) -> Any:
    """Compare everything that the client gave back."""
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class Row[Desk]:
    """An operation, asked for twice at two simulators that are as like as twins.

    `sdk` and `ours` take a desk and what `prepare` gave; either may give Several answers. `part`
    says where in the document lies what our client gives back, and `given` turns that into models,
    Parts or plain values.
    """

    name: str
    sdk: Callable[[Desk, Any], Any]
    ours: Callable[[Desk, Any], Any] | None = None
    prepare: Callable[[Desk], Any] = nothing
    part: tuple[str, ...] = ()
    given: Callable[[Any], Any] = all_of_it
    is_deprecated: bool = False

    def several(self, answer: Any) -> list[Any]:
        """Give the answers one by one."""
        return list(answer) if isinstance(answer, Several) else [answer]
