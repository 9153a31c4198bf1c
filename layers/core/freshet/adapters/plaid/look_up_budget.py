"""How often Plaid is asked for keys, so that invented key ids keep no genuine key out."""

from collections.abc import Callable
from datetime import datetime, timedelta

_MOST = 10
_PER_MINUTE = 110  # with the ten above, at most 120 in any minute
_IDS_REMEMBERED = 8_192


class LookUpBudget:
    """Admits look-ups by chance, the smaller the more are wanted; an id that comes again first.

    In the order of their coming, the sender of most deliveries would take all. Plaid delivers again
    what was answered 503, with the same key id; a sender of invented ids seldom does.
    """

    def __init__(self, random: Callable[[], float]) -> None:
        """Begin with room; `random` gives numbers from 0 to 1."""
        self._random = random
        self._left = float(_MOST)
        self._at: datetime | None = None
        self._put_off: set[str] = set()

    def admits(self, key_id: str, *, now: datetime) -> bool:
        """Tell whether this id may be looked up now."""
        waited = max(timedelta(0), now - self._at) if self._at is not None else timedelta(0)
        self._at = now
        self._left = min(float(_MOST), self._left + waited / timedelta(minutes=1) * _PER_MINUTE)
        chance = 1.0 if key_id in self._put_off else self._left / _MOST
        if self._left < 1 or self._random() >= chance:
            if len(self._put_off) >= _IDS_REMEMBERED:
                self._put_off.clear()
            self._put_off.add(key_id)
            return False
        self._left -= 1
        return True
