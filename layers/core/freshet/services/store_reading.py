"""From what a provider reads to our own snapshots."""

from collections.abc import Sequence
from datetime import tzinfo

from freshet import metrics
from freshet.domain.account import Account
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.connection import Connection
from freshet.domain.errors import ConcurrentChange
from freshet.domain.price_basis import newly_decided, undecided_in
from freshet.domain.read_run import Stored
from freshet.domain.reconciliation import ReconciliationStatus
from freshet.domain.snapshot import HoldingsReading, HoldingsSnapshot, judge
from freshet.observability import count, logger
from freshet.ports import SnapshotStore

_COMPARED = (ReconciliationStatus.AGREES, ReconciliationStatus.DIFFERS)


def count_reconciliation(connection: Connection, account_id: str, stored: Stored) -> None:
    """Count how totals stand to what the provider states, and name what differs: no amounts."""
    found = stored.reconciliation
    if found is None or found.status not in _COMPARED:
        return
    count(metrics.ACCOUNT_COMPARED.member(connection.provider))
    if found.status is ReconciliationStatus.DIFFERS:
        count(metrics.ACCOUNT_DIFFERS.member(connection.provider))
        logger.warning(
            "Totals differ",
            account_id=account_id,
            provider=connection.provider,
            institution=connection.link.institution.id,
            reasons=list(found.reasons),
        )


def store_reading(
    account: Account,
    reading: HoldingsReading,
    *,
    known: Sequence[HoldingsSnapshot | None] = (),
    snapshots: SnapshotStore,
    zone: tzinfo,
) -> Stored | None:
    """Store what a reading changes; None while the provider has not loaded the account yet.

    `known` holds the newest snapshot, where it was read before and is still the newest.
    """
    if reading.holdings.is_empty and not account.report.is_loaded:
        return None

    first = list(known)
    undecided = undecided_in(reading.holdings) - reading.set_price_bases.keys()

    def attempt() -> Stored:
        latest = first.pop() if first else snapshots.latest(account.user_id, account.id)
        outcome = judge(latest, reading, zone=zone)
        if not snapshots.store(account.user_id, account.id, outcome, before=latest):
            raise ConcurrentChange(account.id)
        current = outcome.latest or latest
        return Stored(
            reading=reading,
            is_confirmed=not outcome.is_unconfirmed,
            changed_at=current.changed_at if current else reading.fetched_at,
            is_newer=bool(latest and current and current.data_as_of > latest.data_as_of),
            is_changed=latest is not None and outcome.is_new_version,
            reconciliation=outcome.latest.reconciliation if outcome.latest else None,
            price_bases=newly_decided(current.holdings, undecided, account.price_bases)
            if current
            else {},
        )

    return retry_lost_races(attempt, row=account.id)
