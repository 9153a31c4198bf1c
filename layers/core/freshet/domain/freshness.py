"""How old an account's holdings are, and how plainly to say so."""

from copy import replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from msgspec import Struct

from freshet.domain.account import Account, AccountStatus
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.price_days import PriceDays
from freshet.domain.snapshot import SnapshotDates
from freshet.domain.spans import start_of

EMPTY_DOUBTED_FOR = timedelta(hours=24)
"""How long an unconfirmed empty answer is the reason told; then old data is simply old."""


class FreshnessStatus(StrEnum):
    """What to show beside the numbers."""

    PENDING = "pending"
    """The first load is on its way."""
    NONE = "none"
    """There is nothing, and nothing is expected."""
    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    BLOCKED = "blocked"


class FreshnessReason(StrEnum):
    """Why the numbers are not simply fresh; the first that holds is told."""

    CONNECTION_NEEDS_USER = "connection_needs_user"
    ACCOUNT_CLOSED = "account_closed"
    NO_INVESTMENTS = "no_investments"
    HOLDINGS_UNAVAILABLE = "holdings_unavailable"
    EMPTY_UNCONFIRMED = "empty_unconfirmed"
    PARTLY_FAILED = "partly_failed"
    PARTLY_UNREADABLE = "partly_unreadable"
    PAUSED = "paused"
    PROVIDER_TROUBLE = "provider_trouble"
    FIRST_LOAD = "first_load"
    NOT_KNOWN_THEN = "not_known_then"
    """Of a moment before the first load, or whose record is gone."""
    NOT_UPDATED_IN_TIME = "not_updated_in_time"
    PRICES_OLD = "prices_old"
    """Over half of the worth has prices that are days old, however new the read."""


class FreshnessTargets(Struct, frozen=True):
    """After which age data counts as ageing and as stale."""

    ageing_after: timedelta
    stale_after: timedelta
    prices_old_after: timedelta | None = None
    """Of whole days; None where no price is too old, as in a sandbox."""
    zone: tzinfo = UTC
    """Where days begin."""


class Freshness(Struct, frozen=True, kw_only=True):
    """Every date we know, the verdict and its reason."""

    status: FreshnessStatus
    reason: FreshnessReason | None
    broker_as_of: datetime | None
    provider_synced_at: datetime | None
    fetched_at: datetime | None
    changed_at: datetime | None
    ageing_at: datetime | None
    stale_at: datetime | None
    next_attempt_at: datetime | None
    prices: PriceDays | None = None


def freshness_of(
    account: Account,
    connection: Connection,
    snapshot: SnapshotDates | None,
    *,
    targets: FreshnessTargets,
    now: datetime,
) -> Freshness:
    """Judge an account's data at `now`; `ageing_at` and `stale_at` let a page flip by itself."""
    by_age = freshness_then(snapshot, targets=targets, then=now)
    status = _status(account, connection, snapshot, by_age)
    return replace(
        by_age,
        status=status,
        reason=_reason(status, account, connection, snapshot, now) or by_age.reason,
        next_attempt_at=connection.due_at if connection.is_awake else None,
    )


def freshness_then(
    snapshot: SnapshotDates | None, *, targets: FreshnessTargets, then: datetime
) -> Freshness:
    """Judge data by nothing but its age at a moment, as is right for what was shown then."""
    if snapshot is None:
        return _NOTHING_KNOWN
    by_data = snapshot.data_as_of + targets.ageing_after
    ageing_at = min(by_data, _prices_old_at(snapshot, targets) or by_data)
    stale_at = snapshot.data_as_of + targets.stale_after
    status = _status_by_age(ageing_at, stale_at, then)
    return Freshness(
        status=status,
        reason=_reason_by_age(status, by_data, then),
        broker_as_of=snapshot.broker_as_of,
        provider_synced_at=snapshot.provider_synced_at,
        fetched_at=snapshot.fetched_at,
        changed_at=snapshot.changed_at,
        ageing_at=ageing_at,
        stale_at=stale_at,
        next_attempt_at=None,
        prices=snapshot.prices,
    )


_NOTHING_KNOWN = Freshness(
    status=FreshnessStatus.NONE,
    reason=FreshnessReason.NOT_KNOWN_THEN,
    broker_as_of=None,
    provider_synced_at=None,
    fetched_at=None,
    changed_at=None,
    ageing_at=None,
    stale_at=None,
    next_attempt_at=None,
)


def _prices_old_at(snapshot: SnapshotDates, targets: FreshnessTargets) -> datetime | None:
    """Say when most of the worth will have prices that are too old; None for never."""
    prices, wait = snapshot.prices, targets.prices_old_after
    if prices is None or prices.half_by is None or wait is None:
        return None
    return start_of(prices.half_by + wait + timedelta(days=1), targets.zone)


def _status_by_age(ageing_at: datetime, stale_at: datetime, now: datetime) -> FreshnessStatus:
    if now >= stale_at:
        return FreshnessStatus.STALE
    return FreshnessStatus.AGEING if now >= ageing_at else FreshnessStatus.FRESH


def _reason_by_age(
    status: FreshnessStatus, by_data: datetime, now: datetime
) -> FreshnessReason | None:
    if status is FreshnessStatus.FRESH:
        return None
    is_by_data = status is FreshnessStatus.STALE or now >= by_data
    return FreshnessReason.NOT_UPDATED_IN_TIME if is_by_data else FreshnessReason.PRICES_OLD


def _status(
    account: Account, connection: Connection, snapshot: SnapshotDates | None, by_age: Freshness
) -> FreshnessStatus:
    if connection.link.status in (ConnectionStatus.NEEDS_USER, ConnectionStatus.REVOKED):
        return FreshnessStatus.BLOCKED
    if snapshot is not None:
        return by_age.status
    is_expected = account.report.is_readable and not connection.paused
    return FreshnessStatus.PENDING if is_expected else FreshnessStatus.NONE


def _reason(
    status: FreshnessStatus,
    account: Account,
    connection: Connection,
    snapshot: SnapshotDates | None,
    now: datetime,
) -> FreshnessReason | None:
    reasons = (
        (status is FreshnessStatus.BLOCKED, FreshnessReason.CONNECTION_NEEDS_USER),
        (account.report.status is AccountStatus.CLOSED, FreshnessReason.ACCOUNT_CLOSED),
        (account.report.is_without_investments, FreshnessReason.NO_INVESTMENTS),
        (not account.report.has_holdings, FreshnessReason.HOLDINGS_UNAVAILABLE),
        (_is_emptiness_doubted(snapshot, now), FreshnessReason.EMPTY_UNCONFIRMED),
        (account.is_partial, FreshnessReason.PARTLY_FAILED),
        (
            snapshot is not None and snapshot.is_partly_unreadable,
            FreshnessReason.PARTLY_UNREADABLE,
        ),
        (connection.paused, FreshnessReason.PAUSED),
        (connection.link.status is ConnectionStatus.DEGRADED, FreshnessReason.PROVIDER_TROUBLE),
        (snapshot is None, FreshnessReason.FIRST_LOAD),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _is_emptiness_doubted(snapshot: SnapshotDates | None, now: datetime) -> bool:
    # Only the telling ends after a day: newer data that repeats it is believed whenever it comes.
    seen_at = snapshot.empty_seen_at if snapshot else None
    return seen_at is not None and now - seen_at < EMPTY_DOUBTED_FOR
