"""A rolling request limit."""

import math
from collections import deque
from dataclasses import dataclass

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the limit said about one request."""

    is_allowed: bool
    limit: int
    remaining: int
    reset_seconds: int


class RollingLimit:
    """Counts requests of the last minute; a refused request does not count."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def take(self, *, now: float, limit: int) -> Allowance:
        """Count one request if it fits; the caller holds the lock."""
        while self._times and self._times[0] <= now - WINDOW_SECONDS:
            self._times.popleft()
        is_allowed = len(self._times) < limit
        if is_allowed:
            self._times.append(now)
        oldest = self._times[0] if self._times else now
        return Allowance(
            is_allowed=is_allowed,
            limit=limit,
            remaining=max(0, limit - len(self._times)),
            reset_seconds=max(1, math.ceil(oldest + WINDOW_SECONDS - now)),
        )

    def give_back(self) -> None:
        """Forget the newest request."""
        if self._times:
            self._times.pop()
