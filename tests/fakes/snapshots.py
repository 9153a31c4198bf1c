"""Snapshots of holdings in memory."""

from collections.abc import Collection

from freshet.domain.snapshot import HoldingsSnapshot, Outcome


class FakeSnapshots:
    """The port Snapshots in memory: `latest` moves only from the state that was read."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], HoldingsSnapshot] = {}
        self.versions: dict[tuple[str, str, str], HoldingsSnapshot] = {}

    def latest(self, user_id: str, account_id: str) -> HoldingsSnapshot | None:
        return self.rows.get((user_id, account_id))

    def latest_of(self, user_id: str, account_ids: Collection[str]) -> dict[str, HoldingsSnapshot]:
        found = {each: self.latest(user_id, each) for each in account_ids}
        return {account_id: row for account_id, row in found.items() if row is not None}

    def store(
        self, user_id: str, account_id: str, outcome: Outcome, *, before: HoldingsSnapshot | None
    ) -> bool:
        if outcome.latest is None:
            return True
        current = self.latest(user_id, account_id)
        if (current and current.revision) != (before and before.revision):
            return False
        if outcome.is_new_version:
            key = user_id, account_id, outcome.latest.version
            if key in self.versions:
                return False
            self.versions[key] = outcome.latest
        self.rows[user_id, account_id] = outcome.latest
        return True
