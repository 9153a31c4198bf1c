"""The limiter: one bucket per provider key, shared by every worker, in ConnectionsTable.

The bucket is a single number, the theoretical arrival time of GCRA: the moment at which the quota
handed out so far would be used up if calls came evenly. Taking n tokens moves it n intervals on;
who is a little early waits for its slot, who is much too early is told when to come back.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import ConditionFailed, Table
from freshet.domain.call_errors import ProviderDown, QuotaExhausted
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.errors import ConcurrentChange
from freshet.domain.quota import QuotaRate
from freshet.ports import Clock

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DynamoQuota:
    """Takes tokens with conditional updates and no read; workers' clocks may differ a little."""

    def __init__(
        self,
        table: Table,
        provider_key: str,
        rate: QuotaRate,
        *,
        clock: Clock,
        wait: Callable[[timedelta], None],
        patience: timedelta,
    ) -> None:
        """Bind to ConnectionsTable and one provider key; `wait` passes the time to a slot."""
        self._clock = clock
        self._wait = wait
        self._table = table
        self._key = keys.quota(provider_key)
        # Rounded up: never above the limit.
        self._interval = -(-60_000_000 // rate.steady_per_minute)
        self._depth = rate.burst * self._interval
        self._patience = patience // _MICROSECOND
        self.most_at_once = rate.most_at_once

    def take(self, tokens: int) -> None:
        """Take tokens, after a short wait where need be; raises QuotaExhausted, ProviderDown."""
        now = self._clock()
        try:
            early = retry_lost_races(lambda: self._taken(now, tokens), row="quota")
        except ConcurrentChange:
            raise QuotaExhausted(now) from None
        if early > 0:
            self._wait(early * _MICROSECOND)

    def _taken(self, now: datetime, tokens: int) -> int:
        """Take tokens and give the wait in microseconds; raises ConcurrentChange after a race."""
        micros, cost = _micros(now), tokens * self._interval
        try:
            return self._advance(micros, cost) - self._depth - micros
        except ConditionFailed as refused:
            bucket = refused.current or {}
            full_at = int(bucket.get("full_at", Decimal(0)))
            if full_at > micros:
                slot = now + (full_at + cost - self._depth - micros) * _MICROSECOND
                is_down = bucket.get("down_until", Decimal(0)) > micros
                raise (ProviderDown if is_down else QuotaExhausted)(slot) from refused
        self._start_over(micros, cost)
        return 0

    def block(self, until: datetime, *, is_down: bool) -> None:
        """Give no token out before `until`: the provider says so, or cannot answer anybody."""
        micros = _micros(until)
        down = ", down_until = :until" if is_down else ""
        values = {":full": micros + self._depth, **({":until": micros} if is_down else {})}
        try:
            self._table.update(
                self._key,
                f"SET full_at = :full{down}",
                values,
                condition="attribute_not_exists(full_at) OR full_at < :full",
            )
        except ConditionFailed:
            return  # another worker has blocked it for longer

    def _advance(self, micros: int, cost: int) -> int:
        latest = micros + self._depth + self._patience - cost
        bucket = self._table.update(
            self._key,
            "SET full_at = full_at + :cost",
            {":cost": cost, ":now": micros, ":latest": latest},
            condition="full_at BETWEEN :now AND :latest",
        )
        return int(bucket["full_at"])

    def _start_over(self, micros: int, cost: int) -> None:
        # The bucket was idle: its past does not count. Where another worker was faster, the
        # bucket is in use, and there may well be room in it for us, too.
        self._table.update(
            self._key,
            "SET full_at = :start",
            {":start": micros + cost, ":now": micros},
            condition="attribute_not_exists(full_at) OR full_at < :now",
        )


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
