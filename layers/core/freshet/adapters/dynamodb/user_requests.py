"""How often a user has asked lately, in ConnectionsTable: one row for each pace, no read."""

from datetime import datetime

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import ConditionFailed, Table
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.errors import ConcurrentChange, TooManyRequests
from freshet.domain.instants import to_text
from freshet.domain.user_rate_limits import LIMITS, UserRateLimit


class DynamoUserRequests:
    """The port UserPacing: conditional updates on a row that expires with its stretch."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def take(self, user_id: str, pace: UserRateLimit, *, now: datetime) -> None:
        """Count one request; raises TooManyRequests."""
        limit = LIMITS[pace]
        begin = limit.begin_of(now)

        def attempt() -> None:
            if not (self._counted(user_id, pace, begin) or self._begun(user_id, pace, begin)):
                raise ConcurrentChange(user_id)

        try:
            retry_lost_races(attempt, row=user_id)
        except ConcurrentChange:
            raise TooManyRequests(begin + limit.stretch) from None

    def _counted(self, user_id: str, pace: UserRateLimit, begin: datetime) -> bool:
        try:
            self._table.update(
                keys.user_pace(user_id, pace),
                "SET made = made + :one",
                {":one": 1, ":begin": to_text(begin), ":most": LIMITS[pace].most},
                condition="began_at = :begin AND made < :most",
            )
        except ConditionFailed as refused:
            if (refused.current or {}).get("began_at") == to_text(begin):
                raise TooManyRequests(begin + LIMITS[pace].stretch) from refused
            return False
        return True

    def _begun(self, user_id: str, pace: UserRateLimit, begin: datetime) -> bool:
        # False if another request of the user's began the stretch a moment ago.
        end = begin + LIMITS[pace].stretch
        try:
            self._table.update(
                keys.user_pace(user_id, pace),
                "SET began_at = :begin, made = :one, expires_at = :end",
                {":begin": to_text(begin), ":one": 1, ":end": int(end.timestamp())},
                condition="attribute_not_exists(began_at) OR began_at < :begin",
            )
        except ConditionFailed:
            return False
        return True
