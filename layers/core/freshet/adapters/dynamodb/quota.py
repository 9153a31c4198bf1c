"""The limiter: one bucket per provider key, shared by every worker, in ConnectionsTable.

The bucket is a single number, the theoretical arrival time of GCRA: the moment at which the quota
handed out so far would be used up if calls came evenly. Taking n tokens moves it n intervals on.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import ConditionFailed, Table
from freshet.domain.call_errors import QuotaExhausted
from freshet.ports import Clock

_TRIES = 5  # each lost race means that another worker got its tokens
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class QuotaRate:
    """How fast tokens come back and how many may be taken at once.

    In any minute at most `per_minute` go out: the burst is taken off the steady rate.
    """

    interval: timedelta
    burst: int

    @classmethod
    def for_limit(cls, requests_per_minute: int) -> "QuotaRate":
        """Split a limit per rolling minute into a burst (a tenth, at least 1) and a rate."""
        if requests_per_minute < 2:  # noqa: PLR2004 - one for the burst, one for the rate
            raise ValueError("a quota below two requests a minute cannot be shared")
        burst = max(1, requests_per_minute // 10)
        return cls(timedelta(minutes=1) / (requests_per_minute - burst), burst)


class DynamoQuota:
    """Takes tokens with conditional updates and no read; workers' clocks may differ a little."""

    def __init__(self, table: Table, provider_key: str, rate: QuotaRate, *, clock: Clock) -> None:
        """Bind to ConnectionsTable and one provider key."""
        self._clock = clock
        self._table = table
        self._key = keys.quota(provider_key)
        self._rate = rate

    def take(self, tokens: int) -> None:
        """Take tokens or raise QuotaExhausted with the time at which they will be there."""
        now = self._clock()
        micros = (now - _EPOCH) // _MICROSECOND
        interval = -(-self._rate.interval // _MICROSECOND)  # rounded up: never above the limit
        cost, depth = tokens * interval, self._rate.burst * interval
        for _ in range(_TRIES):
            try:
                return self._advance(micros, cost, depth)
            except ConditionFailed as refused:
                full_at = int((refused.current or {}).get("full_at", Decimal(0)))
                if full_at > micros:
                    wait = full_at + cost - depth - micros
                    raise QuotaExhausted(now + wait * _MICROSECOND) from refused
            if self._started_over(micros, cost):
                return None
        raise QuotaExhausted(now)

    def _advance(self, micros: int, cost: int, depth: int) -> None:
        self._table.update(
            self._key,
            "SET full_at = full_at + :cost",
            {":cost": cost, ":now": micros, ":latest": micros + depth - cost},
            condition="full_at BETWEEN :now AND :latest",
        )

    def _started_over(self, micros: int, cost: int) -> bool:
        # The bucket was idle: its past does not count. False if another worker was faster; then
        # the bucket is in use, and there may well be room in it for us, too.
        try:
            self._table.update(
                self._key,
                "SET full_at = :start",
                {":start": micros + cost, ":now": micros},
                condition="attribute_not_exists(full_at) OR full_at < :now",
            )
        except ConditionFailed:
            return False
        return True
