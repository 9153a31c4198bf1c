"""A stored reading of one account: which is newer, and whether it says anything new."""

from copy import replace
from datetime import date, datetime, tzinfo

from msgspec import Struct, field

from freshet.domain.holdings import Holdings
from freshet.domain.holdings_changes import HoldingsChange, changes_between
from freshet.domain.instants import to_text
from freshet.domain.price_basis import PriceBases
from freshet.domain.price_days import PriceDays, day_of_prices, market_day, price_days_of
from freshet.domain.reconciliation import Reconciliation, reconcile
from freshet.domain.settling import settled
from freshet.domain.totals import Total


class HoldingsReading(Struct, frozen=True, kw_only=True):
    """What one read of one account brought, with the dates that go with it."""

    holdings: Holdings
    broker_as_of: datetime | None
    provider_synced_at: datetime | None
    started_at: datetime
    fetched_at: datetime
    is_partial: bool = False
    """The provider failed to bring a part of it along."""
    is_reloaded: bool = False
    """The provider has just loaded the account anew, from the beginning to the end."""
    price_bases: PriceBases = field(default_factory=dict)
    """What has been decided of the account's prices before."""
    set_price_bases: PriceBases = field(default_factory=dict)
    """What an operator has decided, which stands above."""

    @property
    def data_as_of(self) -> datetime:
        """How old the data is: the broker's date, else the provider's, else our own read.

        A date in the future is a mistake of the provider's, and must not outrank all that follows.
        """
        return min(self.broker_as_of or self.provider_synced_at or self.started_at, self.fetched_at)

    def dated_like(self, latest: "SnapshotDates") -> "HoldingsReading":
        """Without any date of its own, data is only known to be no older than the last.

        Nor does an answer that lacks a part move any date, not even that of our own read.
        """
        if self.is_partial:
            self = replace(self, fetched_at=latest.fetched_at)
        elif self.broker_as_of is not None or self.provider_synced_at is not None:
            return self
        return replace(
            self,
            broker_as_of=latest.broker_as_of,
            provider_synced_at=latest.provider_synced_at,
        )

    @property
    def token(self) -> str:
        """Order readings: first by the age of their data, then by when the read began."""
        return f"{to_text(self.data_as_of)}~{to_text(self.started_at)}"


class SnapshotDates(Struct, frozen=True, kw_only=True):
    """Which state this is and when: `version` names its content, `dates_token` the last proof."""

    version: str
    dates_token: str
    broker_as_of: datetime | None
    provider_synced_at: datetime | None
    fetched_at: datetime
    changed_at: datetime
    day: date
    """To which day it belongs, by its prices: never a day before that of an earlier state."""
    seen_from: date
    """The first day on which this state, or one of the same day, was read."""
    prices: PriceDays | None = None
    is_partial: bool = False
    """It was made of an answer that lacked a part, or had numbers that could not be read."""
    empty_seen_as_of: datetime | None = None
    """As of then the provider said that all was gone, which is not believed yet."""
    empty_seen_at: datetime | None = None
    """When it first said so to us."""

    @property
    def data_as_of(self) -> datetime:
        """How old the data is."""
        return min(self.broker_as_of or self.provider_synced_at or self.fetched_at, self.fetched_at)

    @property
    def is_partly_unreadable(self) -> bool:
        """Tell whether a line has numbers that could not be read."""
        return False

    @property
    def revision(self) -> str:
        """Name this state: it differs whenever anything in it does."""
        seen = self.empty_seen_as_of
        return self.dates_token if seen is None else f"{self.dates_token}~{to_text(seen)}"


class SnapshotSummary(SnapshotDates, frozen=True, kw_only=True):
    """A state without its lines: what it is worth and how many lines it has."""

    totals: tuple[Total, ...] | None
    """None where a whole part of the holdings is unknown."""
    line_count: int
    reconciliation: Reconciliation
    has_unreadable_lines: bool = False

    @property
    def is_partly_unreadable(self) -> bool:
        """Tell whether numbers or a whole part could not be read."""
        return self.has_unreadable_lines


class HoldingsSnapshot(SnapshotDates, frozen=True, kw_only=True):
    """A state whole."""

    content_hash: str
    holdings: Holdings

    @property
    def is_partly_unreadable(self) -> bool:
        """Tell whether numbers or a whole part could not be read."""
        return self.holdings.is_partly_unreadable

    @property
    def reconciliation(self) -> Reconciliation:
        """Hold our total against the stated one."""
        return reconcile(self.holdings, as_of=self.data_as_of)


class Outcome(Struct, frozen=True, kw_only=True):
    """What a reading does to the stored state."""

    latest: HoldingsSnapshot | None
    """The row `latest` becomes, or None where it stays as it is."""
    is_new_version: bool = False
    is_unconfirmed: bool = False
    """An empty answer where there were holdings: not believed until newer data repeats it."""
    changes: tuple[HoldingsChange, ...] = ()
    """What the new version makes different."""


def first_snapshot(reading: HoldingsReading, *, zone: tzinfo) -> HoldingsSnapshot:
    """Turn a reading into a version of its own, the first of its account."""
    return HoldingsSnapshot(
        version=reading.token,
        dates_token=reading.token,
        content_hash=reading.holdings.content_hash(),
        holdings=reading.holdings,
        broker_as_of=reading.broker_as_of,
        provider_synced_at=reading.provider_synced_at,
        fetched_at=reading.fetched_at,
        changed_at=reading.fetched_at,
        # Prices may be older: of the days before the first look nothing is known.
        day=market_day(reading.data_as_of, zone),
        seen_from=market_day(reading.fetched_at, zone),
        prices=price_days_of(reading.holdings, zone),
        is_partial=reading.is_partial,
    )


def judge(latest: HoldingsSnapshot | None, reading: HoldingsReading, *, zone: tzinfo) -> Outcome:
    """Decide what a reading changes: nothing, dates and prices, or the content.

    Its days are those of a time zone.
    """
    says_empty, said = reading.holdings.is_empty, reading.holdings
    if says_empty and (reading.is_partial or said.missing_parts):
        return Outcome(latest=None, is_unconfirmed=True)  # a part of the answer is missing
    is_emptied = says_empty and _is_repeated(latest, reading)
    holdings = settled(
        said,
        latest.holdings if latest else None,
        as_of=reading.data_as_of,
        decided=reading.price_bases,
        fixed=reading.set_price_bases,
        is_whole=not reading.is_partial,
        is_emptied=is_emptied,
    )
    is_partial = reading.is_partial or holdings.is_partly_unreadable
    reading = replace(reading, holdings=holdings, is_partial=is_partial)
    if latest is None:
        return Outcome(latest=first_snapshot(reading, zone=zone), is_new_version=True)
    read, reading = reading, reading.dated_like(latest)
    if reading.token <= latest.dates_token:
        return Outcome(latest=None)
    if says_empty and not latest.holdings.is_empty and not is_emptied:
        return doubt_empty(latest, reading)
    return accept_reading(latest, reading, as_read=read, zone=zone)


def _is_repeated(latest: HoldingsSnapshot | None, reading: HoldingsReading) -> bool:
    """Tell whether an empty answer is believed: by newer data that repeats it, or a new load."""
    seen = latest.empty_seen_as_of if latest else None
    return reading.is_reloaded or (seen is not None and reading.data_as_of > seen)


def doubt_empty(latest: HoldingsSnapshot, reading: HoldingsReading) -> Outcome:
    """Note an empty answer that is not believed yet: an outage can look like an empty account."""
    if latest.empty_seen_as_of is not None:
        return Outcome(latest=None, is_unconfirmed=True)
    marked = replace(latest, empty_seen_as_of=reading.data_as_of, empty_seen_at=reading.fetched_at)
    return Outcome(latest=marked, is_unconfirmed=True)


def accept_reading(
    latest: HoldingsSnapshot, reading: HoldingsReading, *, as_read: HoldingsReading, zone: tzinfo
) -> Outcome:
    """Let a reading become the latest state, as a new version where its content differs.

    `as_read` has the dates that the answer came with, which are not all believed: by them it is
    told to which day it belongs.
    """
    first = first_snapshot(reading, zone=zone)
    is_changed = first.content_hash != latest.content_hash
    day = _day_after(latest, as_read, is_changed=is_changed, zone=zone)
    seen_from = latest.seen_from
    if day > latest.day:
        seen_from = market_day(as_read.fetched_at, zone)
    fresh = replace(
        first,
        changed_at=as_read.fetched_at,
        day=day,
        seen_from=seen_from,
        is_partial=reading.is_partial,
    )
    if is_changed:
        changes = changes_between(latest.holdings, fresh.holdings)
        return Outcome(latest=fresh, is_new_version=True, changes=changes)
    unchanged = replace(fresh, version=latest.version, changed_at=latest.changed_at)
    return Outcome(latest=unchanged)


def _day_after(
    latest: HoldingsSnapshot, read: HoldingsReading, *, is_changed: bool, zone: tzinfo
) -> date:
    """Say to which day a state belongs that follows another.

    It is the day of its prices. What was bought or paid in on a later day is not of that day,
    though no price has moved since.
    """
    before = day_of_prices(latest.holdings, as_of=latest.data_as_of, zone=zone)
    by_prices = day_of_prices(read.holdings, as_of=read.data_as_of, zone=zone)
    if by_prices > before or not is_changed:
        return max(latest.day, by_prices)
    return max(latest.day, market_day(read.data_as_of, zone))


class RecordedChange(Struct, frozen=True):
    """A change, the version that brought it and when we saw it."""

    version: str
    changed_at: datetime
    change: HoldingsChange
