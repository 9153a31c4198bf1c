"""Holdings over time in SnapshotsTable: immutable versions and one moving `latest`."""

from collections.abc import Collection
from datetime import timedelta

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.snapshot_items import snapshot_from_item, snapshot_to_item
from freshet.adapters.dynamodb.table import Table, TransactionRefused
from freshet.domain.errors import ConcurrentChange, SnapshotTooLarge
from freshet.domain.snapshot import HoldingsSnapshot, Outcome

_MOST_BYTES = 390 * 1024  # a row holds 400 KB, its dates and names included


class DynamoSnapshots:
    """The port Snapshots: a version becomes visible together with `latest`, or not at all."""

    def __init__(self, table: Table, *, retention: timedelta = timedelta(0)) -> None:
        """Bind to SnapshotsTable; stored versions expire `retention` after they were fetched."""
        self._table = table
        self._retention = retention

    def latest(self, user_id: str, account_id: str) -> HoldingsSnapshot | None:
        """Read the newest, or None before the first load."""
        item = self._table.get(keys.latest(user_id, account_id))
        return None if item is None else snapshot_from_item(item)

    def latest_of(self, user_id: str, account_ids: Collection[str]) -> dict[str, HoldingsSnapshot]:
        """Read the newest of several accounts at once."""
        wanted = {keys.latest(user_id, each)["PK"]: each for each in account_ids}
        found = self._table.get_many([keys.latest(user_id, each) for each in account_ids])
        return {wanted[item["PK"]]: snapshot_from_item(item) for item in found}

    def store(
        self, user_id: str, account_id: str, outcome: Outcome, *, before: HoldingsSnapshot | None
    ) -> bool:
        """Write what a reading changed; False if somebody stored something newer meanwhile.

        Raises SnapshotTooLarge, with nothing written.
        """
        if outcome.latest is None:
            return True
        row = snapshot_to_item(outcome.latest)
        if len(row["holdings"]) > _MOST_BYTES:
            raise SnapshotTooLarge(account_id)
        condition, values = _unmoved_since(before)
        latest = {**keys.latest(user_id, account_id), **row}
        try:
            if not outcome.is_new_version:
                self._table.put(latest, condition=condition, values=values)
                return True
            expires_at = outcome.latest.fetched_at + self._retention
            version = {
                **keys.version(user_id, account_id, outcome.latest.version),
                **row,
                "expires_at": int(expires_at.timestamp()),
            }
            self._table.transact(
                self._table.putting(latest, condition=condition, values=values),
                self._table.putting(version, condition="attribute_not_exists(PK)"),
            )
        except (ConcurrentChange, TransactionRefused):
            return False
        return True


def _unmoved_since(before: HoldingsSnapshot | None) -> tuple[str, dict[str, str] | None]:
    if before is None:
        return "attribute_not_exists(PK)", None
    return "revision = :before", {":before": before.revision}
