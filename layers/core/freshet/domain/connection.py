"""A user's link to one institution: what we know of it and when it wants attention."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from freshet.domain.cadence import Cadence, share_of
from freshet.domain.connection_report import ConnectionReport, DataMode, Institution
from freshet.domain.connection_status import ASLEEP, BROKEN, GONE, LINKED, ConnectionStatus
from freshet.domain.events import Event, EventKind
from freshet.domain.expiry import Expiry
from freshet.domain.provider import Provider
from freshet.domain.refresh_slot import RefreshSlot
from freshet.domain.webhooks import Marks, has_news

TURN_LEASE = timedelta(minutes=15)
READ_LEASE = timedelta(seconds=150)  # longer than the reader's function timeout
# Whoever starts work on a connection makes it due again this soon, should the worker die or the
# message be lost; finishing the work sets the true time.
SAFETY_NET = timedelta(minutes=2)
_BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
_ENDS_SOON = "link_ends_soon"
REFUSAL_REMEMBERED = timedelta(days=30)
"""How long nobody pays or asks for what the provider has refused as such."""


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
    next_read_at: datetime | None = None
    due_at: datetime | None = None
    reading_until: datetime | None = None
    marks: Marks = field(default_factory=dict)
    partial: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Parts of a marked account that the provider failed to bring along, by mark."""
    slot: RefreshSlot = RefreshSlot()
    last_live_read_at: datetime | None = None
    allowed_on: date | None = None
    """The UTC day for which the schedule's next read of this connection is counted already."""
    consecutive_failures: int = 0
    calls_per_read_run: int | None = None
    """How many calls the last whole visit made: what the next one is planned with."""
    announced: Mapping[str, datetime] = field(default_factory=dict)
    """When the holdings of an account changed that were last put out to be published."""
    outbox: tuple[Event, ...] = ()
    migrated_accounts: Mapping[str, str] = field(default_factory=dict)
    """Accounts that live on under a newer link, by the provider's ids: ours, never listed here."""
    successor: str | None = None
    """The link that took the last of them."""
    migrated_at: datetime | None = None
    """When it did, as long as nobody has looked at what is left."""
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
        return self.migrated_at is not None and is_known

    @property
    def is_background_read(self) -> bool:
        """No refresh waits for a read, no webhook announced anything: the schedule alone reads.

        What failed is tried again without being another read, or its trouble would use up what the
        user's other connections may do.
        """
        is_retry = self.consecutive_failures > 0
        return self.slot.open_refresh_id is None and not self.marks and not is_retry

    def first_read_tomorrow(self, *, now: datetime) -> datetime:
        """Say when the schedule may read again, spread over the first hours of the UTC day."""
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return today + timedelta(days=1) + timedelta(hours=6) * share_of(self.id)

    def started_reading(self, *, now: datetime) -> "Connection":
        """Take the reader's lease, so that one connection is read by one worker at a time."""
        return replace(self, reading_until=now + READ_LEASE)

    def not_read(self, *, now: datetime) -> "Connection":
        """Give the reader's lease back without a read."""
        return replace(self, reading_until=None).rescheduled(now=now)

    def is_being_read(self, *, now: datetime) -> bool:
        """Tell whether another reader holds the lease."""
        return self.reading_until is not None and self.reading_until > now

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

    def postponed(self, until: datetime, *, allowed_on: date | None = None) -> "Connection":
        """No quota is nobody's failure: the same read, later, and counted once."""
        return replace(self, next_read_at=until, allowed_on=allowed_on or self.allowed_on)

    def with_failure(
        self, reason: str, *, now: datetime, wait: timedelta | None = None
    ) -> "Connection":
        """Record provider trouble and step back; this connection alone waits longer each time."""
        step = _BACK_OFF[min(self.consecutive_failures, len(_BACK_OFF) - 1)]
        is_healthy = self.status in (ConnectionStatus.ACTIVE, ConnectionStatus.EXPIRING)
        return replace(
            self,
            status=ConnectionStatus.DEGRADED if is_healthy else self.status,
            status_reason=reason,
            consecutive_failures=self.consecutive_failures + 1,
            next_read_at=now + max(step, wait or step),
        )

    def after_reading(
        self, *, started_at: datetime, calls: int, synced_at: datetime | None
    ) -> "Connection":
        """Note a whole pass: the next one is a cadence away, or follows the provider's own sync."""
        return replace(
            self,
            allowed_on=None,
            consecutive_failures=0,
            calls_per_read_run=calls or None,
            next_read_at=self.cadence.next_read_at(
                self.id,
                started_at=started_at,
                synced_at=synced_at if self.data_mode is DataMode.DELAYED else None,
            ),
        )

    def without_marks_before(self, started_at: datetime, owed: Marks) -> "Connection":
        """Forget the webhooks a read has answered; what came during the read, or is owed, stays."""
        marks = {**owed, **{mark: at for mark, at in self.marks.items() if at >= started_at}}
        partial = {mark: parts for mark, parts in self.partial.items() if mark in marks}
        return replace(self, marks=marks, partial=partial)

    def announcing(self, *events: Event) -> "Connection":
        """Put events out to be published; whoever stores this publishes them and takes them out."""
        return replace(self, outbox=(*self.outbox, *events))

    def without_announced(self, events: tuple[Event, ...]) -> "Connection":
        """Take published events out."""
        return replace(self, outbox=tuple(each for each in self.outbox if each not in events))

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
        wishes = [check_at] if check_at is not None else []
        wishes += [now] if has_news(self.marks) else []
        wishes += [self.migrated_at] if self.migrated_at and self.is_to_be_judged else []
        if self.is_awake:
            wishes += [at for at in (self.next_read_at, self._refresh_wish()) if at is not None]
        return replace(self, due_at=min(wishes, default=None))

    def wants_refresh(self, *, now: datetime) -> bool:
        """Tell whether the cadence asks for a purchase at this turn."""
        wish = self._refresh_wish()
        return wish is not None and wish <= now

    def _refresh_wish(self) -> datetime | None:
        # Before the first read nobody knows whether buying makes sense here at all.
        if self.status is ConnectionStatus.INITIALISING or not self.can_refresh:
            return None
        return self.slot.next_refresh_at if self.cadence.refresh_every is not None else None
