"""From what a provider reads to our own snapshots."""

from freshet import metrics
from freshet.domain.account import Account
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.errors import ConcurrentChange
from freshet.domain.read_run import Stored
from freshet.domain.snapshot import HoldingsReading, judge
from freshet.observability import count
from freshet.ports import SnapshotStore


def store_reading(
    account: Account, reading: HoldingsReading, *, snapshots: SnapshotStore
) -> Stored | None:
    """Store what a reading changes; None while the provider has not loaded the account yet."""
    if reading.holdings.is_empty and not account.report.is_loaded:
        return None

    def attempt() -> Stored:
        latest = snapshots.latest(account.user_id, account.id)
        outcome = judge(latest, reading)
        if not snapshots.store(account.user_id, account.id, outcome, before=latest):
            raise ConcurrentChange(account.id)
        if outcome.is_new_version:
            count(metrics.SNAPSHOT_STORED)
        current = outcome.latest or latest
        return Stored(
            reading=reading,
            is_confirmed=not outcome.is_unconfirmed,
            changed_at=current.changed_at if current else reading.fetched_at,
            is_newer=bool(latest and current and current.data_as_of > latest.data_as_of),
            is_changed=latest is not None and outcome.is_new_version,
        )

    return retry_lost_races(attempt, row=account.id)
