"""A step of the receiver that can be taken out, to see whether the vectors notice."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.replacing import InPlaceOf


@dataclass(frozen=True, slots=True)
class Step:
    """What stands in for a part of the receiver; without that part, forgeries may come in."""

    name: str
    owner: object
    attribute: str
    stand_in: object
    lets_in: bool = False
    """Whether some delivery that must be refused is accepted then."""

    def __post_init__(self) -> None:
        """Raise AttributeError, when this is imported, for a part that has another name by now."""
        getattr(self.owner, self.attribute)

    def take_out(self, patch: pytest.MonkeyPatch) -> None:
        """Put the stand-in in its place."""
        patch.setattr(self.owner, self.attribute, self.stand_in)


def without[**P, R](
    name: str, place: InPlaceOf[P, R], stand_in: Callable[P, R], *, lets_in: bool = False
) -> Step:
    """Give a step that is a function: what stands in for it has the same signature."""
    return Step(name, place.owner, place.name, stand_in, lets_in)
