"""A user's link to one institution: what we know of it and when it wants attention."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from freshet.domain.cadence import Cadence, share_of
from freshet.domain.connection_report import ConnectionReport, DataMode, Institution
from freshet.domain.connection_status import ASLEEP, BROKEN, GONE, LINKED, ConnectionStatus
from freshet.domain.events import Event, EventKind
from freshet.domain.expiry import Expiry
from freshet.domain.migration import Migration
from freshet.domain.outbox import Outbox
from freshet.domain.pending_reads import PendingReads
from freshet.domain.provider import Provider
from freshet.domain.read_schedule import ReadSchedule
from freshet.domain.refresh_slot import RefreshSlot

TURN_LEASE = timedelta(minutes=15)
# A process that starts work on a connection makes it due again this soon, should it die or the
# message be lost; finishing the work sets the true time.
SAFETY_NET = timedelta(minutes=2)
_ENDS_SOON = "link_ends_soon"
REFUSAL_REMEMBERED = timedelta(days=30)
"""How long a refusal of the provider is remembered: no call is made for it until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A link and its schedule; `due_at` is both the place in the index and a turn's lease."""

    id: str
    user_id: str
    provider: Provider
    provider_connection_id: str
    credential_name: str
    institution: Institution = Institution(None, None)
    status: ConnectionStatus = ConnectionStatus.INITIALISING
    status_reason: str | None = None
    status_read_at: datetime | None = None
    expiry: Expiry = Expiry()
    paused: bool = False
    data_mode: DataMode = DataMode.UNKNOWN
    source: str | None = None
    """The provider's own document, as JSON text, where it is kept."""
    cadence: Cadence = Cadence()
    schedule: ReadSchedule = ReadSchedule()
    due_at: datetime | None = None
    pending: PendingReads = PendingReads()
    slot: RefreshSlot = RefreshSlot()
    last_live_read_at: datetime | None = None
    outbox: Outbox = Outbox()
    migration: Migration = Migration()
    created_at: datetime
    version: int = 1

    @property
    def is_awake(self) -> bool:
        """Tell whether the schedule has any business with this connection."""
        return self.status not in ASLEEP and not self.paused

    @property
    def can_refresh(self) -> bool:
        """A purchase can help only where the provider serves stored data and lets us refresh."""
        return self.data_mode is not DataMode.REALTIME and self.slot.refresh_refused_until is None

    @property
    def is_to_be_judged(self) -> bool:
        """Tell whether accounts have passed on, and all that it has are known: is it needed?"""
        is_known = self.status is not ConnectionStatus.INITIALISING
        return self.migration.migrated_at is not None and is_known

    @property
    def is_background_read(self) -> bool:
        """No refresh waits for a read, no webhook announced anything: the schedule alone reads.

        What failed is tried again without being another read, or its trouble would use up what the
        user's other connections may do.
        """
        is_retry = self.schedule.consecutive_failures > 0
        return self.slot.open_refresh_id is None and not self.pending and not is_retry

    def first_read_tomorrow(self, *, now: datetime) -> datetime:
        """Say when the schedule may read again, spread over the first hours of the UTC day."""
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return today + timedelta(days=1) + timedelta(hours=6) * share_of(self.id)

    def not_read(self, *, now: datetime) -> "Connection":
        """Give the reader's lease back without a read."""
        return replace(self, schedule=self.schedule.ended()).rescheduled(now=now)

    def with_report(self, report: ConnectionReport, *, read_at: datetime) -> "Connection":
        """Learn from a read; one that began before the read we already learned from is ignored."""
        if self.status_read_at is not None and read_at <= self.status_read_at:
            return self
        if self.status in GONE:
            return self
        status, reason, expiry = ConnectionStatus.ACTIVE, None, self.expiry
        if report.is_disabled:
            status, reason = ConnectionStatus.NEEDS_USER, "disabled_at_provider"
        else:
            expiry = expiry.read_well(read_at=read_at, ends_at=report.ends_at)
        if not report.is_disabled and expiry.is_near(now=read_at):
            status, reason = ConnectionStatus.EXPIRING, _ENDS_SOON
        # What was refused is worth another try after a while, and when something has changed.
        is_another = report.data_mode is not self.data_mode or self.status in BROKEN
        return replace(
            self,
            expiry=expiry,
            status=status,
            status_reason=reason,
            status_read_at=read_at,
            data_mode=report.data_mode,
            institution=report.institution,
            source=report.source,
            slot=self.slot.refusals_at(read_at, is_forgotten=is_another),
        )

    def with_expiry(self, expiry: Expiry, *, now: datetime) -> "Connection":
        """Take note of a warning or a repair: a working link is about to end, or no longer is."""
        learned = replace(self, expiry=expiry)
        is_near = expiry.is_near(now=now)
        if is_near and self.status is ConnectionStatus.ACTIVE:
            return replace(learned, status=ConnectionStatus.EXPIRING, status_reason=_ENDS_SOON)
        if not is_near and self.status is ConnectionStatus.EXPIRING:
            return replace(learned, status=ConnectionStatus.ACTIVE, status_reason=None)
        return learned

    def with_login_required(
        self, reason: str, *, read_at: datetime, is_revoked: bool = False
    ) -> "Connection":
        """The link is broken, or gone for good: only the user can help."""
        is_worse = is_revoked and self.status is ConnectionStatus.NEEDS_USER
        if self.status in ASLEEP and not is_worse:
            return self
        # The same visit may have seen the connection well a moment before: then this is later.
        if self.status_read_at is not None and read_at < self.status_read_at:
            return self
        return replace(
            self,
            status=ConnectionStatus.REVOKED if is_revoked else ConnectionStatus.NEEDS_USER,
            status_reason=reason,
            status_read_at=read_at,
        )

    def with_failure(
        self, reason: str, *, now: datetime, wait: timedelta | None = None
    ) -> "Connection":
        """Record provider trouble and step back; this connection alone waits longer each time."""
        is_healthy = self.status in (ConnectionStatus.ACTIVE, ConnectionStatus.EXPIRING)
        return replace(
            self,
            status=ConnectionStatus.DEGRADED if is_healthy else self.status,
            status_reason=reason,
            schedule=self.schedule.after_failure(now=now, wait=wait),
        )

    def after_reading(
        self, *, started_at: datetime, calls: int, synced_at: datetime | None
    ) -> "Connection":
        """Note a whole pass: the next one is a cadence away, or follows the provider's own sync."""
        next_read_at = self.cadence.next_read_at(
            self.id,
            started_at=started_at,
            synced_at=synced_at if self.data_mode is DataMode.DELAYED else None,
        )
        schedule = self.schedule.after_success(calls=calls, next_read_at=next_read_at)
        return replace(self, schedule=schedule)

    def announcing(self, *events: Event) -> "Connection":
        """Put events out to be published; their publisher takes them out again."""
        return replace(self, outbox=self.outbox.with_events(*events))

    def announcing_status(self, before: "Connection", *, now: datetime) -> "Connection":
        """Put a turn for the worse or the better out to be published."""
        was_broken, is_broken = before.status in BROKEN, self.status in BROKEN
        if is_broken and not was_broken:
            return self.announcing(self._event(EventKind.CONNECTION_NEEDS_USER, now))
        if was_broken and self.status in LINKED:
            return self.announcing(self._event(EventKind.CONNECTION_RECOVERED, now))
        return self

    def _event(self, kind: EventKind, now: datetime) -> Event:
        return Event(
            kind=kind,
            user_id=self.user_id,
            connection_id=self.id,
            subject_id=self.id,
            occurred_at=now,
        )

    def rescheduled(self, *, now: datetime, check_at: datetime | None = None) -> "Connection":
        """Take the true place in the index, or leave it."""
        if self.status in GONE:
            return replace(self, due_at=None)
        wishes = [check_at]
        wishes += [now] if self.pending.has_news else []
        wishes += [self.migration.migrated_at] if self.is_to_be_judged else []
        if self.is_awake:
            wishes += [self.schedule.next_read_at, self._refresh_wish()]
        times = (at for at in wishes if at is not None)
        return replace(self, due_at=min(times, default=None))

    def wants_refresh(self, *, now: datetime) -> bool:
        """Tell whether the cadence asks for a purchase at this turn."""
        wish = self._refresh_wish()
        return wish is not None and wish <= now

    def _refresh_wish(self) -> datetime | None:
        # Before the first read it is unknown whether buying makes sense here.
        if self.status is ConnectionStatus.INITIALISING or not self.can_refresh:
            return None
        return self.slot.next_refresh_at if self.cadence.refresh_every is not None else None
