"""How old an account's holdings are, and how plainly to say so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from freshet.domain.account import INVESTMENT, Account, AccountStatus
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.snapshot import HoldingsSnapshot


class FreshnessStatus(StrEnum):
    """What to show beside the numbers."""

    PENDING = "pending"
    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class FreshnessTargets:
    """After which age data counts as ageing and as stale."""

    ageing_after: timedelta
    stale_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Every date we know, the verdict and its reason."""

    status: FreshnessStatus
    reason: str | None
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
    snapshot: HoldingsSnapshot | None,
    *,
    targets: FreshnessTargets,
    now: datetime,
) -> Freshness:
    """Judge an account's data at `now`; `ageing_at` and `stale_at` let a page flip by itself."""
    ageing_at = snapshot.data_as_of + targets.ageing_after if snapshot else None
    stale_at = snapshot.data_as_of + targets.stale_after if snapshot else None
    status = _status(connection, ageing_at, stale_at, now)
    return Freshness(
        status=status,
        reason=_reason(status, account, connection, snapshot),
        broker_as_of=snapshot.broker_as_of if snapshot else None,
        provider_synced_at=snapshot.provider_synced_at if snapshot else None,
        fetched_at=snapshot.fetched_at if snapshot else None,
        changed_at=snapshot.changed_at if snapshot else None,
        ageing_at=ageing_at,
        stale_at=stale_at,
        next_attempt_at=connection.due_at if connection.is_awake else None,
    )


def _status(
    connection: Connection, ageing_at: datetime | None, stale_at: datetime | None, now: datetime
) -> FreshnessStatus:
    if connection.status in (ConnectionStatus.NEEDS_USER, ConnectionStatus.REVOKED):
        return FreshnessStatus.BLOCKED
    if ageing_at is None or stale_at is None:
        return FreshnessStatus.PENDING
    if now >= stale_at:
        return FreshnessStatus.STALE
    return FreshnessStatus.AGEING if now >= ageing_at else FreshnessStatus.FRESH


def _reason(
    status: FreshnessStatus,
    account: Account,
    connection: Connection,
    snapshot: HoldingsSnapshot | None,
) -> str | None:
    reasons = (
        (status is FreshnessStatus.BLOCKED, "connection_needs_user"),
        (account.report.status is AccountStatus.CLOSED, "account_closed"),
        (account.report.kind != INVESTMENT, "no_investments"),
        (not account.report.has_holdings, "holdings_unavailable"),
        (snapshot is not None and snapshot.empty_seen_as_of is not None, "empty_unconfirmed"),
        (bool(account.failed_parts), "partly_failed"),
        (connection.paused, "paused"),
        (connection.status is ConnectionStatus.DEGRADED, "provider_trouble"),
        (snapshot is None, "first_load"),
        (status is not FreshnessStatus.FRESH, "not_updated_in_time"),
    )
    return next((reason for holds, reason in reasons if holds), None)
