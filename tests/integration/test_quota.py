"""The limiter: never more than the limit in any rolling minute, and no read (promise 10)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from freshet.adapters.dynamodb.quota import DynamoQuota, QuotaRate
from freshet.adapters.dynamodb.table import ConditionFailed, Table
from freshet.domain.call_errors import QuotaExhausted
from tests.builders import NOON
from tests.fakes import FakeClock

MINUTE = timedelta(minutes=1)
SKEW = timedelta(seconds=2)


class OneBucket:
    """A table of one row that knows the limiter's two conditions: thousands of calls stay fast."""

    def __init__(self) -> None:
        self.full_at: int | None = None
        self.updates = 0

    def update(self, key: Any, expression: str, values: dict[str, int], *, condition: str) -> None:
        self.updates += 1
        current = self.full_at
        if expression == "SET full_at = full_at + :cost":
            if current is None or not values[":now"] <= current <= values[":latest"]:
                raise ConditionFailed(None if current is None else {"full_at": {"N": str(current)}})
            self.full_at = current + values[":cost"]
        else:
            if current is not None and current >= values[":now"]:
                raise ConditionFailed({"full_at": {"N": str(current)}})
            self.full_at = values[":start"]


def _take(quota: DynamoQuota) -> bool:
    try:
        quota.take(1)
    except QuotaExhausted:
        return False
    return True


def _most_in_a_minute(times: list[datetime]) -> int:
    ordered = sorted(times)
    return max(
        (sum(start <= each < start + MINUTE for each in ordered) for start in ordered), default=0
    )


ARRIVALS = st.lists(
    st.tuples(st.sampled_from([0, 1, 40, 250, 999, 4_000, 61_000]), st.integers(1, 12)),
    max_size=60,
)


@given(st.integers(2, 60), ARRIVALS)
def test_no_rolling_minute_holds_more_than_the_limit_when_calls_come_anyhow(
    limit: int, arrivals: list[tuple[int, int]]
) -> None:
    clock, table = FakeClock(NOON), OneBucket()
    quota = DynamoQuota(table, "key", QuotaRate.for_limit(limit), clock=clock)
    taken = []
    for pause, calls in arrivals:
        clock.advance(timedelta(milliseconds=pause))
        taken += [clock.now for _ in range(calls) if _take(quota)]
    assert _most_in_a_minute(taken) <= limit


@given(ARRIVALS, st.randoms())
def test_limit_is_passed_by_no_more_than_the_skew_when_clocks_differ(
    arrivals: list[tuple[int, int]], random: Any
) -> None:
    clock, table, limit = FakeClock(NOON), OneBucket(), 60
    rate = QuotaRate.for_limit(limit)
    quotas = [
        DynamoQuota(table, "key", rate, clock=lambda skew=skew: clock.now + skew)
        for skew in (-SKEW, timedelta(0), SKEW)
    ]
    taken = []
    for pause, calls in arrivals:
        clock.advance(timedelta(milliseconds=pause))
        taken += [clock.now for _ in range(calls) if _take(random.choice(quotas))]
    assert _most_in_a_minute(taken) <= limit + 2 * SKEW / rate.interval + 1


@contextmanager
def _real(limit: int) -> Iterator[tuple[DynamoQuota, FakeClock, list[str]]]:
    with mock_aws():
        client = boto3.client(
            "dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        client.create_table(
            TableName="connections",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")
            ],
            KeySchema=[
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        asked: list[str] = []
        client.meta.events.register(
            "before-call.dynamodb", lambda model, **_: asked.append(model.name)
        )
        clock = FakeClock(NOON)
        rate = QuotaRate.for_limit(limit)
        yield DynamoQuota(Table(client, "connections"), "key", rate, clock=clock), clock, asked


def test_burst_then_an_even_flow_goes_out_when_the_real_table_decides() -> None:
    with _real(60) as (quota, clock, asked):
        assert [_take(quota) for _ in range(8)] == [True] * 6 + [False] * 2
        taken = [clock.now] * 6
        for _ in range(60):
            clock.advance(timedelta(seconds=1))
            taken += [clock.now] if _take(quota) else []
        assert 50 < _most_in_a_minute(taken) <= 60
        assert set(asked) == {"UpdateItem"}


def test_time_of_the_next_token_is_told_exactly_when_there_is_none() -> None:
    with _real(60) as (quota, clock, _):
        while _take(quota):
            pass
        with pytest.raises(QuotaExhausted) as refused:
            quota.take(1)
        clock.now = refused.value.free_at - timedelta(microseconds=1)
        assert not _take(quota)
        clock.now = refused.value.free_at
        assert _take(quota)


def test_idle_time_is_not_saved_up_when_nobody_called_for_an_hour() -> None:
    with _real(60) as (quota, clock, _):
        assert _take(quota)
        clock.advance(timedelta(hours=1))
        assert sum(_take(quota) for _ in range(20)) == 6


def test_one_request_is_enough_when_the_bucket_is_in_use() -> None:
    with _real(60) as (quota, _, asked):
        quota.take(1)
        asked.clear()
        quota.take(1)
        assert asked == ["UpdateItem"]


@pytest.mark.parametrize("limit", [-1, 0, 1])
def test_quota_cannot_exist_when_it_is_too_small_to_share(limit: int) -> None:
    with pytest.raises(ValueError, match="below two"):
        QuotaRate.for_limit(limit)


class RacedBucket(OneBucket):
    """A bucket into which another worker's call slips just before ours starts it over."""

    def __init__(self) -> None:
        super().__init__()
        self.before_start: Callable[[], None] | None = None

    def update(self, key: Any, expression: str, values: dict[str, int], *, condition: str) -> None:
        if "attribute_not_exists" in condition and self.before_start is not None:
            slip_in, self.before_start = self.before_start, None
            slip_in()
        super().update(key, expression, values, condition=condition)


def test_both_get_tokens_when_two_start_an_idle_bucket_at_once() -> None:
    bucket: Any = RacedBucket()
    clock, rate = FakeClock(NOON), QuotaRate.for_limit(100)
    mine, theirs = (DynamoQuota(bucket, "snaptrade", rate, clock=clock) for _ in range(2))
    bucket.before_start = lambda: theirs.take(1)
    assert _take(mine)
    assert bucket.before_start is None
