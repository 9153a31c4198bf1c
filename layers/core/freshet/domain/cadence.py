"""How often a connection is read and refreshed, and when its next read falls due."""

from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct

DAILY = timedelta(hours=24)
_SYNC_MARGIN = timedelta(minutes=30)
_JITTER = 0.02  # of a cadence: what fell due together drifts apart


class Cadence(Struct, frozen=True):
    """How often to read (free) and how often to refresh (costs money; None means never)."""

    read_every: timedelta = DAILY
    refresh_every: timedelta | None = None

    def next_read_at(
        self, connection_id: str, *, started_at: datetime, synced_at: datetime | None
    ) -> datetime:
        """Say when a connection is read again, after a read that began at `started_at`.

        A provider that goes to the broker once a day, at no fixed hour, is followed: `synced_at`
        says when it last did.
        """
        jitter = _JITTER * self.read_every * share_of(connection_id)
        if self.read_every == DAILY and synced_at is not None:
            follows = synced_at + DAILY + _SYNC_MARGIN + jitter
            if started_at + DAILY / 2 <= follows <= started_at + DAILY * 3 / 2:
                return follows
        return started_at + self.read_every + jitter


def share_of(connection_id: str) -> float:
    """Give a connection its own place between 0 and 1, always the same."""
    return int.from_bytes(sha256(connection_id.encode()).digest()[:4]) / 2**32
