"""The customer's consumer keys: the one in use, and older ones while they overlap."""

from datetime import datetime, timedelta


class ConsumerKeys:
    """Knows which keys sign and which are still accepted; the caller holds the lock."""

    def __init__(self, consumer_key: str) -> None:
        self.current = consumer_key
        self._older: list[tuple[str, datetime]] = []

    def rotate(self, consumer_key: str, *, now: datetime, overlap_seconds: float) -> None:
        """Use another key; the one before stays accepted during the overlap."""
        self._older.append((self.current, now + timedelta(seconds=overlap_seconds)))
        self.current = consumer_key

    def accepted(self, now: datetime) -> list[str]:
        """Return the keys that may sign a request now, the newest first."""
        older = [key for key, until in reversed(self._older) if now < until]
        return [self.current, *older]
