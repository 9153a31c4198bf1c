"""A connection's slot for the one refresh that may be under way, and what earlier ones left."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSlot:
    """The open refresh, the last and the next purchase, and what the provider has refused."""

    open_refresh_id: str | None = None
    open_refresh_called: bool = False
    refresh_reason: str | None = None
    """Why the last wanted purchase did not happen."""
    last_purchase_at: datetime | None = None
    next_refresh_at: datetime | None = None
    refresh_refused_until: datetime | None = None
    """The provider rejects refresh requests until then."""
    sync_refused_until: datetime | None = None

    def after_call(
        self, *, called_at: datetime, is_purchase: bool, every: timedelta | None
    ) -> "RefreshSlot":
        """A call was made, or may have been; after a purchase, cooldown and cadence start over."""
        called = replace(self, open_refresh_called=self.open_refresh_id is not None)
        if not is_purchase:
            return called
        next_at = None if every is None else called_at + every
        return replace(
            called, next_refresh_at=next_at, last_purchase_at=called_at, refresh_reason=None
        )

    def after_refusal(
        self, reason: str, *, now: datetime, retry_at: datetime | None, every: timedelta | None
    ) -> "RefreshSlot":
        """A wanted purchase did not happen: say why, and when the schedule tries again."""
        again_at = self.next_refresh_at if every is None else retry_at or now + every
        return replace(self, refresh_reason=reason, next_refresh_at=again_at)

    def without(self, refresh_id: str) -> "RefreshSlot":
        """A refresh has ended; another may open."""
        if self.open_refresh_id != refresh_id:
            return self
        return replace(self, open_refresh_id=None, open_refresh_called=False)

    def refusals_at(self, read_at: datetime, *, is_forgotten: bool) -> "RefreshSlot":
        """Keep the refusals that still hold when a read began, or forget them all."""
        until = (self.refresh_refused_until, self.sync_refused_until)
        refresh, sync = (at if at and at > read_at and not is_forgotten else None for at in until)
        return replace(self, refresh_refused_until=refresh, sync_refused_until=sync)
