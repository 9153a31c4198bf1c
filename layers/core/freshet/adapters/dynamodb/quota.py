"""The limiter: one bucket per provider key, shared by every worker, in ConnectionsTable.

The bucket is a single number, the theoretical arrival time of GCRA: the moment at which the quota
handed out so far would be used up if calls came evenly. Taking n tokens moves it n intervals on;
who is a little early waits for its slot, who is much too early is told when to come back.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from freshet.adapters.dynamodb import keys, read_counts
from freshet.adapters.dynamodb.table import ConditionFailed, Item, Table
from freshet.domain.call_errors import ProviderDown, QuotaExhausted
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.errors import ConcurrentChange
from freshet.domain.health import Pause
from freshet.domain.quota import QuotaRate
from freshet.ports import Clock

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Counting(NamedTuple):
    """What an update does beside taking tokens."""

    expression: str
    names: dict[str, str]
    values: Item


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
        self._outdated: list[str] = []
        # What this process has seen last: it guesses by it which of two updates will do.
        self._seen_full_at = 0
        self._is_shared = False

    def take(self, tokens: int, *, read_at: str | None = None) -> None:
        """Take tokens, after a short wait where need be; raises QuotaExhausted, ProviderDown.

        With `read_at` they are the first of a read at that institution, which is counted.
        """
        now = self._clock()
        try:
            early = retry_lost_races(lambda: self._taken(now, tokens, read_at), row="quota")
        except ConcurrentChange:
            raise QuotaExhausted(now) from None
        if early > 0:
            self._wait(early * _MICROSECOND)

    def _taken(self, now: datetime, tokens: int, read_at: str | None) -> int:
        """Take tokens and give the wait in microseconds; raises ConcurrentChange after a race."""
        micros, cost = _micros(now), tokens * self._interval
        if not self._is_shared and self._seen_full_at < micros:
            # Idle as far as this process knows; in use after all where other workers are busy.
            with suppress(ConditionFailed):
                return self._start_over(now, cost, read_at)
            self._is_shared = True
        try:
            bucket = self._advance(micros, cost, self._counting(read_at, now))
            return self._learn(bucket, now) - self._depth - micros
        except ConditionFailed as refused:
            bucket = refused.current or {}
            full_at = self._learn(bucket, now)
            if full_at > micros:
                slot = now + (full_at + cost - self._depth - micros) * _MICROSECOND
                is_down = bucket.get("down_until", Decimal(0)) > micros
                raise (ProviderDown if is_down else QuotaExhausted)(slot) from refused
        self._is_shared = False
        return self._start_over(now, cost, read_at)

    def pause(self) -> Pause | None:
        """Say until when no token is given out, if that is longer than a slot's wait."""
        bucket, micros = self._table.get(self._key) or {}, _micros(self._clock())
        free_at = int(bucket.get("full_at", Decimal(0))) - self._depth
        if free_at <= micros + self._patience:
            return None
        is_down = bucket.get("down_until", Decimal(0)) > micros
        return Pause(_EPOCH + free_at * _MICROSECOND, is_down)

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

    def _counting(self, read_at: str | None, now: datetime) -> _Counting:
        names = {f"#old{place}": name for place, name in enumerate(self._outdated)}
        more = f" REMOVE {', '.join(names)}" if names else ""
        if read_at is None:
            return _Counting(more, names, {})
        name = {"#reads": read_counts.name_of(read_at, now)}
        return _Counting(f"{more} ADD #reads :one", names | name, {":one": 1})

    def _advance(self, micros: int, cost: int, counting: _Counting) -> Item:
        latest = micros + self._depth + self._patience - cost
        return self._table.update(
            self._key,
            "SET full_at = full_at + :cost" + counting.expression,
            {":cost": cost, ":now": micros, ":latest": latest} | counting.values,
            condition="full_at BETWEEN :now AND :latest",
            names=counting.names,
        )

    def _start_over(self, now: datetime, cost: int, read_at: str | None) -> int:
        # The bucket was idle: its past does not count. Where another worker was faster, the
        # bucket is in use, and there may well be room in it for us, too.
        micros, counting = _micros(now), self._counting(read_at, now)
        bucket = self._table.update(
            self._key,
            "SET full_at = :start" + counting.expression,
            {":start": micros + cost, ":now": micros} | counting.values,
            condition="attribute_not_exists(full_at) OR full_at < :now",
            names=counting.names,
        )
        self._learn(bucket, now)
        return 0

    def _learn(self, bucket: Item, now: datetime) -> int:
        """Remember a bucket for the next guess, and say when it is full; threads share a quota."""
        full_at = int(bucket.get("full_at", Decimal(0)))
        self._outdated, self._seen_full_at = read_counts.outdated(bucket, now), full_at
        return full_at


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
