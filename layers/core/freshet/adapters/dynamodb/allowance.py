"""How often the schedule has read for a user today, in ConnectionsTable: one row, no read."""

from datetime import UTC, datetime

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import ConditionFailed, Table


class DynamoReadAllowance:
    """The port ReadAllowance: conditional updates on a row of the user's own."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def take(self, user_id: str, *, most: int, now: datetime) -> bool:
        """Count one read of a user's UTC day; False where the day's reads are used up."""
        key, today = keys.user_reads(user_id), now.astimezone(UTC).strftime("%Y-%m-%d")
        try:
            self._table.update(
                key,
                "SET made = made + :one",
                {":one": 1, ":today": today, ":most": most},
                condition="read_on = :today AND made < :most",
            )
        except ConditionFailed as refused:
            if (refused.current or {}).get("read_on") == today:
                return False
            return self._started_day(user_id, today) or self.take(user_id, most=most, now=now)
        return True

    def _started_day(self, user_id: str, today: str) -> bool:
        # False if another worker began the day a moment ago: then there may be room in it.
        try:
            self._table.update(
                keys.user_reads(user_id),
                "SET read_on = :today, made = :one",
                {":today": today, ":one": 1},
                condition="attribute_not_exists(read_on) OR read_on < :today",
            )
        except ConditionFailed:
            return False
        return True
