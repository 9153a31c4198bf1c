"""The limiter: never more than the limit in any rolling minute, and no read."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.adapters.dynamodb.table import ConditionFailed, Table
from freshet.domain.call_errors import ProviderDown, QuotaExhausted
from freshet.domain.quota import IMPATIENT, PATIENT, QuotaRate
from tests.builders import NOON
from tests.fakes import FakeClock

MINUTE = timedelta(minutes=1)
SKEW = timedelta(seconds=2)


class OneBucket(Table):
    """A table of one row that knows the limiter's conditions: thousands of calls stay fast."""

    def __init__(self) -> None:
        unused: Any = None  # no request is made
        super().__init__(unused, "connections")
        self.row: dict[str, int] = {}
        self.updates = 0

    def update(
        self,
        key: Mapping[str, str],
        expression: str,
        values: dict[str, Any],
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        self.updates += 1
        full_at = self.row.get("full_at")
        if "+ :cost" in expression:
            holds = full_at is not None and values[":now"] <= full_at <= values[":latest"]
            after = {"full_at": (full_at or 0) + values.get(":cost", 0)}
        elif ":start" in expression:
            holds = full_at is None or full_at < values[":now"]
            after = {"full_at": values.get(":start", 0)}
        else:
            holds = full_at is None or full_at < values[":full"]
            down = {"down_until": values[":until"]} if ":until" in values else {}
            after = {"full_at": values.get(":full", 0), **down}
        if not holds:
            raise ConditionFailed({name: {"N": str(each)} for name, each in self.row.items()})
        self.row |= after
        return dict(self.row)


class _Skewed:
    """A worker's own clock, off by a little."""

    def __init__(self, clock: FakeClock, skew: timedelta) -> None:
        self.advance, self._clock, self._skew = clock.advance, clock, skew

    def __call__(self) -> datetime:
        return self._clock.now + self._skew


def _quota(
    table: Table,
    clock: FakeClock | _Skewed,
    limit: int,
    patience: timedelta = timedelta(0),
    **changes: Any,
) -> DynamoQuota:
    usual: dict[str, Any] = {"clock": clock, "wait": clock.advance} | changes
    return DynamoQuota(table, "key", QuotaRate.for_limit(limit), patience=patience, **usual)


def _take(quota: DynamoQuota, tokens: int = 1) -> bool:
    try:
        quota.take(tokens)
    except QuotaExhausted:
        return False
    return True


def _exhaust(quota: DynamoQuota, tokens: int = 1) -> None:
    for _ in range(1000):
        if not _take(quota, tokens):
            return
    raise AssertionError("the quota has no end")


def _most_in_a_minute(times: list[datetime]) -> int:
    ordered = sorted(times)
    return max(
        (sum(start <= each < start + MINUTE for each in ordered) for start in ordered), default=0
    )


ARRIVALS = st.lists(
    st.tuples(st.sampled_from([0, 1, 40, 250, 999, 4_000, 61_000]), st.integers(1, 12)),
    max_size=60,
)


@given(st.integers(2, 250), ARRIVALS, st.sampled_from([timedelta(0), IMPATIENT, PATIENT]))
def test_no_rolling_minute_holds_more_than_the_limit_when_calls_come_anyhow(
    limit: int, arrivals: list[tuple[int, int]], patience: timedelta
) -> None:
    clock = FakeClock(NOON)
    quota = _quota(OneBucket(), clock, limit, patience)
    taken: list[datetime] = []
    for pause, calls in arrivals:
        clock.advance(timedelta(milliseconds=pause))
        tokens = min(calls, quota.most_at_once)
        taken += [clock.now] * tokens if _take(quota, tokens) else []
    assert _most_in_a_minute(taken) <= limit


@given(ARRIVALS, st.randoms())
def test_limit_is_passed_by_no_more_than_the_skew_when_clocks_differ(
    arrivals: list[tuple[int, int]], random: Any
) -> None:
    clock, table, limit = FakeClock(NOON), OneBucket(), 60
    quotas = [_quota(table, _Skewed(clock, skew), limit) for skew in (-SKEW, timedelta(0), SKEW)]
    taken = []
    for pause, calls in arrivals:
        clock.advance(timedelta(milliseconds=pause))
        taken += [clock.now for _ in range(calls) if _take(random.choice(quotas))]
    assert _most_in_a_minute(taken) <= limit + 2 * SKEW / QuotaRate.for_limit(limit).interval + 1


@pytest.mark.parametrize("limit", [60, 100, 250])
def test_nearly_the_whole_limit_goes_out_when_a_sweep_lasts(limit: int) -> None:
    clock = FakeClock(NOON)
    quota = _quota(OneBucket(), clock, limit, IMPATIENT)
    taken = []
    while clock.now < NOON + 5 * MINUTE:
        if _take(quota):
            taken.append(clock.now)
            assert len(taken) <= 6 * limit
        else:
            clock.advance(timedelta(milliseconds=50))
    assert len(taken) / (5 * limit) >= 0.97
    assert _most_in_a_minute(taken) <= limit


def test_persons_call_starts_within_two_seconds_when_a_sweep_takes_all_it_can() -> None:
    clock, table = FakeClock(NOON), OneBucket()
    waited: list[timedelta] = []
    sweep = _quota(table, clock, 250, IMPATIENT, wait=lambda _: None)
    person = _quota(table, clock, 250, PATIENT, wait=waited.append)
    for _ in range(20):
        _exhaust(sweep, 6)
        person.take(1)
        clock.advance(timedelta(seconds=3))
    assert len(waited) == 20
    assert timedelta(seconds=1) < max(waited) < timedelta(seconds=2)


def test_call_waits_exactly_for_its_slot_when_it_is_a_little_early() -> None:
    clock = FakeClock(NOON)
    waited: list[timedelta] = []
    quota = _quota(OneBucket(), clock, 61, PATIENT, wait=waited.append)
    for _ in range(4):
        quota.take(1)
    assert waited == [timedelta(seconds=each) for each in (1, 2, 3)]


def test_tokens_are_taken_together_when_several_are_asked_for() -> None:
    table = OneBucket()
    quota = _quota(table, FakeClock(NOON), 250)
    quota.take(quota.most_at_once)
    assert (quota.most_at_once, table.updates) == (3, 1)
    assert [_take(quota) for _ in range(3)] == [True, True, False]


def test_one_update_is_enough_when_the_bucket_was_idle_before() -> None:
    table, clock = OneBucket(), FakeClock(NOON)
    quota = _quota(table, clock, 250)
    for _ in range(5):
        quota.take(1)
        clock.advance(MINUTE)
    assert table.updates == 5


def test_wrong_guess_is_made_once_when_other_workers_keep_the_bucket_in_use() -> None:
    table, clock = OneBucket(), FakeClock(NOON)
    busy, other = _quota(table, clock, 250), _quota(table, clock, 250)
    for _ in range(10):
        busy.take(2)
        other.take(1)
        clock.advance(timedelta(milliseconds=720))  # as long as three calls at that limit
    assert table.updates <= 20 + 2
    assert table.row["full_at"] > 0


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
        yield _quota(Table(client, "connections"), clock, limit), clock, asked


def test_burst_then_an_even_flow_goes_out_when_the_real_table_decides() -> None:
    with _real(100) as (quota, clock, asked):
        assert [_take(quota) for _ in range(5)] == [True] * 2 + [False] * 3
        taken = [clock.now] * 2
        for _ in range(100):
            clock.advance(timedelta(seconds=0.62))
            taken += [clock.now] if _take(quota) else []
        assert 95 < _most_in_a_minute(taken) <= 100
        assert set(asked) == {"UpdateItem"}


def test_time_of_the_next_token_is_told_exactly_when_there_is_none() -> None:
    with _real(60) as (quota, clock, _):
        _exhaust(quota)
        with pytest.raises(QuotaExhausted) as refused:
            quota.take(1)
        clock.now = refused.value.free_at - timedelta(microseconds=1)
        assert not _take(quota)
        clock.now = refused.value.free_at
        assert _take(quota)


def test_idle_time_is_not_saved_up_when_nobody_called_for_an_hour() -> None:
    with _real(250) as (quota, clock, _):
        assert _take(quota)
        clock.advance(timedelta(hours=1))
        assert sum(_take(quota) for _ in range(20)) == 5


def test_one_request_is_enough_when_the_bucket_is_in_use() -> None:
    with _real(250) as (quota, _, asked):
        quota.take(1)
        asked.clear()
        quota.take(1)
        assert asked == ["UpdateItem"]


@pytest.mark.parametrize(("is_down", "kind"), [(True, ProviderDown), (False, QuotaExhausted)])
def test_nobody_gets_a_token_when_the_bucket_is_blocked(
    is_down: bool, kind: type[QuotaExhausted]
) -> None:
    with _real(250) as (quota, clock, _):
        quota.take(1)
        quota.block(NOON + MINUTE, is_down=is_down)
        quota.block(NOON + timedelta(seconds=1), is_down=True)
        clock.advance(timedelta(seconds=59))
        with pytest.raises(QuotaExhausted) as refused:
            quota.take(1)
        assert type(refused.value) is kind
        assert NOON + MINUTE <= refused.value.free_at < NOON + MINUTE + timedelta(seconds=1)
        clock.now = refused.value.free_at
        assert _take(quota)


@pytest.mark.parametrize("limit", [-1, 0, 1])
def test_quota_cannot_exist_when_it_is_too_small_to_share(limit: int) -> None:
    with pytest.raises(ValueError, match="below two"):
        QuotaRate.for_limit(limit)


class RacedBucket(OneBucket):
    """A bucket into which another worker's call slips just before ours starts it over."""

    def __init__(self) -> None:
        super().__init__()
        self.before_start: Callable[[], None] | None = None

    def update(
        self,
        key: Mapping[str, str],
        expression: str,
        values: dict[str, Any],
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        if "attribute_not_exists" in (condition or "") and self.before_start is not None:
            slip_in, self.before_start = self.before_start, None
            slip_in()
        return super().update(key, expression, values, condition=condition)


def test_both_get_tokens_when_two_start_an_idle_bucket_at_once() -> None:
    bucket, clock = RacedBucket(), FakeClock(NOON)
    mine, theirs = (_quota(bucket, clock, 100) for _ in range(2))
    bucket.before_start = lambda: theirs.take(1)
    assert _take(mine)
    assert bucket.before_start is None
