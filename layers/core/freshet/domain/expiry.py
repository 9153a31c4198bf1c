"""Warnings that a link will end, and repairs: known in any order, they give the same answer."""

from copy import replace
from datetime import datetime, timedelta

from msgspec import Struct

NOTICE = timedelta(days=7)
"""How long before the end providers warn."""


class Expiry(Struct, frozen=True):
    """The end that was last announced, and the last repair."""

    ends_at: datetime | None = None
    repaired_at: datetime | None = None
    returned_at: datetime | None = None
    """When the user last came back from a repair, as the frontend says: a read confirms it."""

    def with_warning(self, ends_at: datetime) -> "Expiry":
        """Take note of an announced end; the latest counts."""
        return replace(self, ends_at=max(ends_at, self.ends_at or ends_at))

    def with_repair(self, repaired_at: datetime) -> "Expiry":
        """Take note of a repair; the latest counts."""
        return replace(self, repaired_at=max(repaired_at, self.repaired_at or repaired_at))

    def with_return(self, returned_at: datetime) -> "Expiry":
        """Take note that the user says to have repaired the link; the latest counts."""
        return replace(self, returned_at=max(returned_at, self.returned_at or returned_at))

    def read_well(self, *, read_at: datetime, ends_at: datetime | None) -> "Expiry":
        """Believe a return that a later read confirms; `ends_at` is the end that this read tells.

        Plaid says by no webhook that update mode ended well in our own frontend.
        """
        if self.returned_at is None or read_at < self.returned_at:
            return self
        if ends_at is not None and ends_at - NOTICE <= read_at:
            return self
        return replace(self.with_repair(self.returned_at), returned_at=None)

    def is_near(self, *, now: datetime) -> bool:
        """Tell whether the link is about to end: warned of, and not repaired since."""
        if self.ends_at is None or now >= self.ends_at:
            return False
        return self.repaired_at is None or self.repaired_at < self.ends_at - NOTICE
