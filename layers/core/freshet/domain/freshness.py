"""How old an account's holdings are, and how plainly to say so."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from freshet.domain.account import INVESTMENT, Account, AccountStatus
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.snapshot import SnapshotDates

EMPTY_DOUBTED_FOR = timedelta(hours=24)
"""How long an unconfirmed empty answer is the reason told; then old data is simply old."""


class FreshnessStatus(StrEnum):
    """What to show beside the numbers."""

    PENDING = "pending"
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
    NOT_UPDATED_IN_TIME = "not_updated_in_time"


@dataclass(frozen=True, slots=True)
class FreshnessTargets:
    """After which age data counts as ageing and as stale."""

    ageing_after: timedelta
    stale_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
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
    is_blocked = connection.link.status in (ConnectionStatus.NEEDS_USER, ConnectionStatus.REVOKED)
    status = FreshnessStatus.BLOCKED if is_blocked else by_age.status
    return replace(
        by_age,
        status=status,
        reason=_reason(status, account, connection, snapshot, now),
        next_attempt_at=connection.due_at if connection.is_awake else None,
    )


def freshness_then(
    snapshot: SnapshotDates | None, *, targets: FreshnessTargets, then: datetime
) -> Freshness:
    """Judge data by nothing but its age at a moment, as is right for what was shown then."""
    ageing_at = snapshot.data_as_of + targets.ageing_after if snapshot else None
    stale_at = snapshot.data_as_of + targets.stale_after if snapshot else None
    status = _status_by_age(ageing_at, stale_at, then)
    is_old = status in (FreshnessStatus.AGEING, FreshnessStatus.STALE)
    return Freshness(
        status=status,
        reason=FreshnessReason.NOT_UPDATED_IN_TIME if is_old else None,
        broker_as_of=snapshot.broker_as_of if snapshot else None,
        provider_synced_at=snapshot.provider_synced_at if snapshot else None,
        fetched_at=snapshot.fetched_at if snapshot else None,
        changed_at=snapshot.changed_at if snapshot else None,
        ageing_at=ageing_at,
        stale_at=stale_at,
        next_attempt_at=None,
    )


def _status_by_age(
    ageing_at: datetime | None, stale_at: datetime | None, now: datetime
) -> FreshnessStatus:
    if ageing_at is None or stale_at is None:
        return FreshnessStatus.PENDING
    if now >= stale_at:
        return FreshnessStatus.STALE
    return FreshnessStatus.AGEING if now >= ageing_at else FreshnessStatus.FRESH


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
        (account.report.kind != INVESTMENT, FreshnessReason.NO_INVESTMENTS),
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
        (status is not FreshnessStatus.FRESH, FreshnessReason.NOT_UPDATED_IN_TIME),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _is_emptiness_doubted(snapshot: SnapshotDates | None, now: datetime) -> bool:
    # Only the telling ends after a day: newer data that repeats it is believed whenever it comes.
    seen_at = snapshot.empty_seen_at if snapshot else None
    return seen_at is not None and now - seen_at < EMPTY_DOUBTED_FOR
