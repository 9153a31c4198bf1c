"""How often the schedule has read for a user today, in ConnectionsTable: a row for each day."""

from datetime import UTC, datetime, timedelta

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import ConditionFailed, Table

_KEPT = timedelta(days=2)


class DynamoReadAllowance:
    """The port ReadAllowance: one conditional update on a row that expires after its day."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def take(self, user_id: str, *, most: int, now: datetime) -> bool:
        """Count one read of a user's UTC day; False where the day's reads are used up."""
        expires_at = int((now + _KEPT).timestamp())
        try:
            self._table.update(
                keys.user_reads(user_id, now.astimezone(UTC).date()),
                "SET expires_at = :end ADD made :one",
                {":end": expires_at, ":one": 1, ":most": most},
                condition="attribute_not_exists(made) OR made < :most",
            )
        except ConditionFailed:
            return False
        return True
