"""How often a user has asked lately, in ConnectionsTable: a row for each stretch, one update."""

from datetime import datetime

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import ConditionFailed, Table
from freshet.domain.errors import TooManyRequests
from freshet.domain.user_rate_limits import LIMITS, UserRateLimit


class DynamoUserRequests:
    """The port UserRequests: conditional updates on rows that expire with their stretch."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def take(self, user_id: str, limit: UserRateLimit, *, now: datetime) -> None:
        """Count one request; raises TooManyRequests."""
        rate = LIMITS[limit]
        begin = rate.begin_of(now)
        end = begin + rate.stretch
        try:
            self._table.update(
                keys.user_requests(user_id, limit, begin),
                "SET expires_at = :end ADD made :one",
                {":end": int(end.timestamp()), ":one": 1, ":most": rate.most},
                condition="attribute_not_exists(made) OR made < :most",
            )
        except ConditionFailed as refused:
            raise TooManyRequests(end) from refused
