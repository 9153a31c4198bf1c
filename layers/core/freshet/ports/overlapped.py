"""Doing several pieces of work side by side."""

from collections.abc import Callable, Sequence
from typing import Protocol


class Overlapped(Protocol):
    """While one piece waits for an answer, others go on."""

    def __call__[Item, Result](
        self, work: Callable[[Item], Result], items: Sequence[Item], /
    ) -> Sequence[Result]:
        """Do the work for each item and give the results in their order; raises what it raises."""
