"""A user's link to one institution: what we know of it and when it wants attention."""

from copy import replace
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from freshet.domain.cadence import Cadence, share_of
from freshet.domain.connection_report import ConnectionReport, DataMode
from freshet.domain.connection_status import ASLEEP, BROKEN, GONE, LINKED, ConnectionStatus
from freshet.domain.events import Event, EventKind
from freshet.domain.link import Link
from freshet.domain.migration import Migration
from freshet.domain.outbox import Outbox
from freshet.domain.pending_reads import PendingReads
from freshet.domain.price_basis import PriceBases
from freshet.domain.provider import Provider
from freshet.domain.read_schedule import ReadSchedule
from freshet.domain.refresh import Method, Refresh, RefreshStatus
from freshet.domain.refresh_slot import Purchases, RefreshSlots

TURN_LEASE = timedelta(minutes=15)
# A process that starts work on a connection makes it due again this soon, should it die or the
# message be lost; finishing the work sets the true time.
SAFETY_NET = timedelta(minutes=2)
REFUSAL_REMEMBERED = timedelta(days=30)
"""How long a refusal of the provider is remembered: no call is made for it until then."""


class Connection(Struct, frozen=True, kw_only=True):
    """A link and its schedule; `due_at` is both the place in the index and a turn's lease."""

    id: str
    user_id: str
    provider: Provider
    link: Link
    paused: bool = False
    cadence: Cadence = Cadence()
    schedule: ReadSchedule = ReadSchedule()
    due_at: datetime | None = None
    pending: PendingReads = PendingReads()
    slots: RefreshSlots = RefreshSlots()
    purchases: Purchases = Purchases()
    outbox: Outbox = Outbox()
    migration: Migration = Migration()
    account_ids: tuple[str, ...] = ()
    """Its accounts, closed ones included, in the order in which they came."""
    price_bases: PriceBases = field(default_factory=dict)
    """What an operator decided of prices in its accounts: above what stated totals decide."""
    created_at: datetime
    version: int = 1

    @property
    def is_awake(self) -> bool:
        """Tell whether the schedule has any business with this connection."""
        return self.link.status not in ASLEEP and not self.paused

    @property
    def can_refresh(self) -> bool:
        """A purchase can help only where the provider serves stored data and lets us refresh."""
        is_realtime = self.link.data_mode is DataMode.REALTIME
        return not is_realtime and self.slots.holdings.refused_until is None

    @property
    def is_to_be_judged(self) -> bool:
        """Tell whether accounts have passed on, and all that it has are known: is it needed?"""
        is_known = self.link.status is not ConnectionStatus.INITIALISING
        return self.migration.migrated_at is not None and is_known

    @property
    def is_background_read(self) -> bool:
        """No refresh waits for a read, no webhook announced anything: the schedule alone reads.

        What failed is tried again without being another read, or its trouble would use up what the
        user's other connections may do.
        """
        is_retry = self.schedule.consecutive_failures > 0
        return not self.slots.open_ids and not self.pending and not is_retry

    def first_read_tomorrow(self, *, now: datetime) -> datetime:
        """Say when the schedule may read again, spread over the first hours of the UTC day."""
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return today + timedelta(days=1) + timedelta(hours=6) * share_of(self.id)

    def not_read(self, *, now: datetime) -> "Connection":
        """Give the reader's lease back without a read."""
        return replace(self, schedule=self.schedule.ended()).rescheduled(now=now)

    def with_report(self, report: ConnectionReport, *, read_at: datetime) -> "Connection":
        """Learn from a read how the link is doing, and what the provider still refuses."""
        link = self.link.with_report(report, read_at=read_at)
        if link is self.link:
            return self
        # What was refused is worth another try after a while, and when something has changed.
        is_another = link.data_mode is not self.link.data_mode or self.link.status in BROKEN
        slots = self.slots.refusals_at(read_at, is_forgotten=is_another)
        return replace(self, link=link, slots=slots)

    def with_failure(
        self, reason: str, *, now: datetime, wait: timedelta | None = None
    ) -> "Connection":
        """Record provider trouble and step back; this connection alone waits longer each time."""
        schedule = self.schedule.after_failure(now=now, wait=wait)
        return replace(self, link=self.link.with_trouble(reason), schedule=schedule)

    def after_reading(
        self, *, started_at: datetime, calls: int, synced_at: datetime | None
    ) -> "Connection":
        """Note a whole pass: the next one is a cadence away, or follows the provider's own sync."""
        next_read_at = self.cadence.next_read_at(
            self.id,
            started_at=started_at,
            synced_at=synced_at if self.link.data_mode is DataMode.DELAYED else None,
        )
        schedule = self.schedule.after_success(calls=calls, next_read_at=next_read_at)
        return replace(self, schedule=schedule)

    def announcing(self, *events: Event) -> "Connection":
        """Put events out to be published; their publisher takes them out again."""
        return replace(self, outbox=self.outbox.with_events(*events))

    def announcing_status(self, before: "Connection", *, now: datetime) -> "Connection":
        """Put a turn for the worse or the better out to be published."""
        was_broken, is_broken = before.link.status in BROKEN, self.link.status in BROKEN
        if is_broken and not was_broken:
            return self.announcing(self._event(EventKind.CONNECTION_NEEDS_USER, now))
        if was_broken and self.link.status in LINKED:
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

    def opening(self, refresh: Refresh) -> "Connection":
        """Give the row as it is once a refresh was put on record as its open one.

        It is due again soon, should the process that opened it die.
        """
        slot, due_at = self.slots.of(refresh.kind), refresh.created_at + SAFETY_NET
        is_called = refresh.status is not RefreshStatus.RESERVED
        slot = replace(slot, refresh_id=refresh.id, is_called=is_called, check_at=due_at)
        purchases = self.purchases
        if refresh.method is Method.READ:
            purchases = replace(purchases, last_live_read_at=refresh.created_at)
        return replace(
            self,
            slots=self.slots.with_slot(refresh.kind, slot),
            purchases=purchases,
            due_at=due_at,
            version=self.version + 1,
        )

    def after_call(self, refresh: Refresh, *, now: datetime) -> "Connection":
        """Note that a refresh was called, or may have been; an ended one leaves its slot."""
        after = self
        if refresh.method is Method.PURCHASE and refresh.started_at is not None:
            every = self.cadence.refresh_every
            purchases = self.purchases.after_call(refresh.started_at, every=every)
            after = replace(self, purchases=purchases)
        if refresh.is_terminal:
            return after.without_refresh(refresh, now=now)
        slot = after.slots.of(refresh.kind).awaiting_proof(refresh.next_check_at)
        return replace(after, slots=after.slots.with_slot(refresh.kind, slot))

    def without_refresh(self, refresh: Refresh, *, now: datetime) -> "Connection":
        """Empty the slot of a refresh that has ended, and announce its end."""
        after = replace(self, slots=self.slots.without(refresh.id))
        return after.announcing(refresh.finished_event(now=now))

    def rescheduled(self, *, now: datetime) -> "Connection":
        """Take the true place in the index, or leave it."""
        if self.link.status in GONE:
            return replace(self, due_at=None)
        # An open refresh is looked after also while paused.
        times = [slot.check_at for slot in self.slots]
        times += [now] if self.pending.has_news else []
        times += [self.migration.migrated_at] if self.is_to_be_judged else []
        if self.is_awake:
            times += [self.schedule.next_read_at, self._next_purchase_at]
        if not self.paused:
            times += [self._look_at(now=now)]
        planned = (at for at in times if at is not None)
        return replace(self, due_at=min(planned, default=None))

    def wants_refresh(self, *, now: datetime) -> bool:
        """Tell whether the cadence asks for a purchase at this turn."""
        return self._next_purchase_at is not None and self._next_purchase_at <= now

    def _look_at(self, *, now: datetime) -> datetime | None:
        # A look whose time has passed has been tried: it steps back as any other read does.
        link, tried_again_at = self.link, self.schedule.next_read_at
        look_at = link.suspicion.next_look_at if link.suspicion else link.next_look_at
        if look_at is None or look_at > now or tried_again_at is None:
            return look_at
        return max(look_at, tried_again_at)

    @property
    def _next_purchase_at(self) -> datetime | None:
        # Before the first read it is unknown whether buying makes sense here.
        is_known = self.link.status is not ConnectionStatus.INITIALISING
        is_open = self.slots.holdings.refresh_id is not None
        if self.cadence.refresh_every is None or is_open or not (is_known and self.can_refresh):
            return None
        if self.link.suspicion is not None:
            return None
        planned, not_before = self.purchases.next_refresh_at, self.slots.holdings.not_before
        return planned if planned is None or not_before is None else max(planned, not_before)
