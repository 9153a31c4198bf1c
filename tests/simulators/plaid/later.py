"""Answers that take their time."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.simulators.common.exact_json import Document

# Half of the calls take up to the middle, most up to the high mark, a few far longer. With three
# seconds that is a median of 3, ten for nineteen of twenty, and a tail of 30 to 60.
_SPREAD = ((0.5, 0.3, 1.0), (0.95, 1.0, 3.5), (1.0, 10.0, 20.0))


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that is worked out after a pause, and then held back a little."""

    seconds: float
    finish: Callable[[], Document]
    answer_delay_seconds: float = 0


class Latency:
    """Draws how long a call takes; the caller holds the lock."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 latencies guard nothing

    def draw(self, seconds: float, style: str) -> float:
        """Return the seconds themselves, or spread around them."""
        if style == "fixed" or not seconds:
            return seconds
        drawn = self._random.random()
        low, high = next((low, high) for share, low, high in _SPREAD if drawn <= share)
        return seconds * self._random.uniform(low, high)
