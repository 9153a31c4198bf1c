"""A step of the receiver that can be taken out, to see whether the vectors notice."""

from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Step:
    """What stands in for a part of the receiver; without that part, forgeries may come in."""

    name: str
    owner: Any
    attribute: str
    stand_in: Any
    lets_in: bool = False
    """Whether some delivery that must be refused is accepted then."""

    def take_out(self, patch: pytest.MonkeyPatch) -> None:
        """Put the stand-in in its place."""
        patch.setattr(self.owner, self.attribute, self.stand_in)
