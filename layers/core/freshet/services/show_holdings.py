"""What the API shows of accounts: listed facts, stored holdings, and how fresh they are."""

from datetime import date, datetime, timedelta, tzinfo

from msgspec import Struct

from freshet import metrics
from freshet.domain.account import Account
from freshet.domain.connection import Connection
from freshet.domain.freshness import Freshness, FreshnessTargets, freshness_of, freshness_then
from freshet.domain.snapshot import HoldingsSnapshot, SnapshotSummary
from freshet.domain.spans import start_of
from freshet.observability import measure_seconds
from freshet.ports import (
    Accounts,
    Connections,
    Overview,
    SnapshotHistory,
    Snapshots,
    Transactions,
)

_DAY = timedelta(days=1)


class ShowHoldingsDependencies(Struct, frozen=True, kw_only=True):
    """What a look at stored data needs from outside."""

    connections: Connections
    accounts: Accounts
    snapshots: Snapshots
    overview: Overview
    history: SnapshotHistory
    transactions: Transactions
    targets: FreshnessTargets
    zone: tzinfo


class ShownHoldings(Struct, frozen=True, kw_only=True):
    """An account's holdings at one moment, None where nothing is known, and their freshness."""

    snapshot: HoldingsSnapshot | None
    freshness: Freshness


class ShownAccount(Struct, frozen=True, kw_only=True):
    """An account, what its newest snapshot says in short, and its freshness at this moment."""

    account: Account
    summary: SnapshotSummary | None
    freshness: Freshness


def account_holdings(
    user_id: str, account_id: str, *, deps: ShowHoldingsDependencies, now: datetime
) -> ShownHoldings:
    """Show one account's newest holdings; raises NotFound."""
    account, snapshot = deps.overview.of_account(user_id, account_id)
    connection = deps.connections.get(user_id, account.connection_id)
    freshness = freshness_of(account, connection, snapshot, targets=deps.targets, now=now)
    measure_staleness(freshness, now=now)
    return ShownHoldings(snapshot=snapshot, freshness=freshness)


def holdings_as_of(
    user_id: str,
    account_id: str,
    moment: date | datetime,
    *,
    deps: ShowHoldingsDependencies,
    now: datetime,
) -> ShownHoldings:
    """Show what one account held at an instant, or at the end of a day; raises NotFound.

    Of days, and of instants whose version has expired, it is the last close until then.
    """
    account, latest = deps.overview.of_account(user_id, account_id)
    if isinstance(moment, datetime):
        snapshot, then = _at_instant(user_id, account_id, moment, latest, deps), moment
    else:
        snapshot = _on_day(user_id, account_id, moment, latest, deps)
        then = start_of(moment + _DAY, deps.zone)
    freshness = freshness_then(snapshot, targets=deps.targets, then=min(then, now))
    return ShownHoldings(snapshot=snapshot, freshness=freshness)


def connection_accounts(
    user_id: str, connection_id: str, *, deps: ShowHoldingsDependencies, now: datetime
) -> list[ShownAccount]:
    """Show the accounts of one connection; raises NotFound."""
    connection = deps.connections.get(user_id, connection_id)
    return [
        shown_account(account, connection, summary, deps=deps, now=now)
        for account, summary in deps.overview.of_connection(connection)
    ]


def shown_account(
    account: Account,
    connection: Connection,
    summary: SnapshotSummary | None,
    *,
    deps: ShowHoldingsDependencies,
    now: datetime,
) -> ShownAccount:
    """Show one account, and count how fresh it is."""
    freshness = freshness_of(account, connection, summary, targets=deps.targets, now=now)
    measure_staleness(freshness, now=now)
    return ShownAccount(account=account, summary=summary, freshness=freshness)


def measure_staleness(freshness: Freshness, *, now: datetime) -> None:
    """Measure how long what users get to see has been stale."""
    if freshness.stale_at is not None and freshness.stale_at < now:
        measure_seconds(metrics.SHOWN_OVERDUE, now - freshness.stale_at)


def _at_instant(
    user_id: str,
    account_id: str,
    instant: datetime,
    latest: HoldingsSnapshot | None,
    deps: ShowHoldingsDependencies,
) -> HoldingsSnapshot | None:
    if latest is None or latest.data_as_of <= instant:
        return latest
    version = deps.history.version_at(user_id, account_id, instant)
    close = _close_before(user_id, account_id, instant, deps)
    known = [each for each in (version, close) if each is not None]
    return max(known, key=lambda each: each.dates_token, default=None)


def _close_before(
    user_id: str, account_id: str, instant: datetime, deps: ShowHoldingsDependencies
) -> HoldingsSnapshot | None:
    """Find the newest day's close whose data is not newer: it may know later prices than a version.

    A day's close may have been read in the night after it.
    """
    day = instant.astimezone(deps.zone).date()
    close = deps.history.close_on(user_id, account_id, day)
    while close is not None and close.data_as_of > instant:
        close = deps.history.close_on(user_id, account_id, close.day - _DAY)
    return close


def _on_day(
    user_id: str,
    account_id: str,
    day: date,
    latest: HoldingsSnapshot | None,
    deps: ShowHoldingsDependencies,
) -> HoldingsSnapshot | None:
    if latest is None or latest.day <= day:
        return latest
    return deps.history.close_on(user_id, account_id, day)
