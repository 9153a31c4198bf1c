"""One attempt of a user to link a broker, or to repair a link, and what came of it."""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from freshet.domain.connection import Connection
from freshet.domain.connection_status import LINKED
from freshet.domain.provider import Provider

LONGEST_VISIT = timedelta(minutes=30)
"""Who opened the provider's pages in time may still be at it this long after the end."""


class LinkStatus(StrEnum):
    """How far an attempt is; what comes late makes it `completed` all the same."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    EXPIRED = "expired"


class LinkOutcome(Struct, frozen=True):
    """What came of an attempt."""

    status: LinkStatus
    connection_id: str | None = None


class LinkSession(Struct, frozen=True, kw_only=True):
    """An attempt; neither what opened the provider's pages nor `state` is in it in clear."""

    id: str
    user_id: str
    provider: Provider
    state_digest: str
    created_at: datetime
    expires_at: datetime
    repairs: str | None = None
    """The connection that is linked again, which keeps its ids."""
    was_broken: bool = False
    returned_at: datetime | None = None
    """When the frontend said that the user came back from a repair."""
    connection_id: str | None = None
    """The connection that was taken in for this attempt and no other."""
    is_failed: bool = False

    def is_opened_with(self, state: str) -> bool:
        """Tell whether the tab that opened this attempt is the one that speaks."""
        return hmac.compare_digest(self.state_digest, digest_of(state))

    def outcome(
        self, connections: Sequence[Connection], *, claimed: Collection[str], now: datetime
    ) -> LinkOutcome:
        """Say what came of it, by the user's connections as they are, the oldest first.

        `claimed` are the connections that came from other attempts. What a webhook brought in
        names no attempt: of several that are open, it completes each.
        """
        found = self.connection_id or self._found(connections, claimed)
        if found is not None:
            return LinkOutcome(LinkStatus.COMPLETED, found)
        if self.is_failed:
            return LinkOutcome(LinkStatus.FAILED)
        if now >= self.expires_at + LONGEST_VISIT:
            return LinkOutcome(LinkStatus.EXPIRED)
        return LinkOutcome(LinkStatus.PENDING)

    def _found(self, connections: Sequence[Connection], claimed: Collection[str]) -> str | None:
        fits = self._has_made if self.repairs is None else self._has_repaired
        return next(
            (each.id for each in connections if each.id not in claimed and fits(each)), None
        )

    def _has_made(self, connection: Connection) -> bool:
        return connection.provider is self.provider and connection.created_at >= self.created_at

    def _has_repaired(self, connection: Connection) -> bool:
        if connection.id != self.repairs or connection.link.status not in LINKED:
            return False
        since = self._tried_at(connection)
        # Only a read proves it, and only one that began later than what it is to prove.
        read_at = connection.link.status_read_at
        return since is not None and read_at is not None and read_at >= since

    def _tried_at(self, connection: Connection) -> datetime | None:
        if self.was_broken:
            return self.created_at
        # A link that works anyhow proves nothing by working: the user must have been there.
        repaired_at = connection.link.expiry.repaired_at
        if repaired_at is not None and repaired_at >= self.created_at:
            return repaired_at
        return self.returned_at


def digest_of(text: str) -> str:
    """Give what may be kept of a text that must not be kept."""
    return hashlib.sha256(text.encode()).hexdigest()
