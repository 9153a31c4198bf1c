"""A connection's slots for open refreshes, one for each kind, and what purchases left behind."""

from collections.abc import Iterator
from copy import replace
from datetime import datetime, timedelta

from msgspec import Struct

from freshet.domain.refresh import Kind, Refresh


class RefreshSlot(Struct, frozen=True, kw_only=True):
    """The open refresh of one kind, and until when the provider is not asked for another."""

    refresh_id: str | None = None
    is_called: bool = False
    check_at: datetime | None = None
    """When the open refresh is called, or read to find its proof."""
    refused_until: datetime | None = None
    not_before: datetime | None = None
    """The provider asked for a pause: for this connection and kind, not for our key."""

    def awaiting_call(self, check_at: datetime) -> "RefreshSlot":
        """The open refresh was not called, or surely in vain: it is called later."""
        return replace(self, is_called=False, check_at=check_at)

    def awaiting_proof(self, check_at: datetime | None) -> "RefreshSlot":
        """The open refresh was called, or may have been: a read finds its proof."""
        return replace(self, is_called=True, check_at=check_at)

    def emptied(self) -> "RefreshSlot":
        """The open refresh has ended; another may open."""
        return RefreshSlot(refused_until=self.refused_until, not_before=self.not_before)


class RefreshSlots(Struct, frozen=True, kw_only=True):
    """At most one open refresh of each kind: only a request of the same kind joins it."""

    holdings: RefreshSlot = RefreshSlot()
    transactions: RefreshSlot = RefreshSlot()

    def __iter__(self) -> Iterator[RefreshSlot]:
        """Give the slots, that for holdings first."""
        return iter((self.holdings, self.transactions))

    @property
    def open_ids(self) -> tuple[str, ...]:
        """The ids of the open refreshes."""
        return tuple(slot.refresh_id for slot in self if slot.refresh_id is not None)

    def of(self, kind: Kind) -> RefreshSlot:
        """Give the slot for one kind of refresh."""
        return self.holdings if kind is Kind.HOLDINGS else self.transactions

    def with_slot(self, kind: Kind, slot: RefreshSlot) -> "RefreshSlots":
        """Put another slot in the place of the one for a kind."""
        return replace(self, **{kind.value: slot})

    def without(self, refresh_id: str) -> "RefreshSlots":
        """Empty the slot of a refresh, if it has one."""
        holdings, transactions = (
            slot.emptied() if slot.refresh_id == refresh_id else slot for slot in self
        )
        return RefreshSlots(holdings=holdings, transactions=transactions)

    def refresh_to_call(self, *, now: datetime) -> str | None:
        """Find an open refresh whose call is due."""
        for slot in self:
            is_due = slot.check_at is None or slot.check_at <= now
            if slot.refresh_id is not None and not slot.is_called and is_due:
                return slot.refresh_id
        return None

    def is_put_back(self, refresh: Refresh, *, now: datetime) -> bool:
        """Tell whether a refresh was called in vain, and the provider wants us to wait."""
        pauses = (self.of(refresh.kind).check_at, refresh.retry_at)
        return refresh.attempt > 0 and any(at is not None and at > now for at in pauses)

    def refusals_at(self, read_at: datetime, *, is_forgotten: bool) -> "RefreshSlots":
        """Keep the refusals that still hold when a read began, or forget them all."""
        holdings, transactions = (
            replace(slot, refused_until=until if until and until > read_at else None)
            for slot in self
            for until in (None if is_forgotten else slot.refused_until,)
        )
        return RefreshSlots(holdings=holdings, transactions=transactions)


class Purchases(Struct, frozen=True, kw_only=True):
    """The last and the next purchase for a connection, and its last live read."""

    last_refusal: str | None = None
    """Why the last wanted purchase did not happen."""
    last_purchase_at: datetime | None = None
    next_refresh_at: datetime | None = None
    last_live_read_at: datetime | None = None

    def after_call(self, called_at: datetime, *, every: timedelta | None) -> "Purchases":
        """A call was made, or may have been: cooldown and cadence start over."""
        return replace(
            self,
            last_refusal=None,
            last_purchase_at=called_at,
            next_refresh_at=None if every is None else called_at + every,
        )

    def after_refusal(
        self, reason: str, *, now: datetime, retry_at: datetime | None, every: timedelta | None
    ) -> "Purchases":
        """A wanted purchase did not happen: say why, and when the schedule tries again."""
        again_at = self.next_refresh_at if every is None else retry_at or now + every
        return replace(self, last_refusal=reason, next_refresh_at=again_at)
