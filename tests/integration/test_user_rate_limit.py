"""How often one user may ask: counted in stretches of the clock, never more than the most."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from freshet.adapters.dynamodb.table import Table
from freshet.adapters.dynamodb.user_requests import DynamoUserRequests
from freshet.domain.errors import TooManyRequests
from freshet.domain.user_rate_limits import LIMITS, UserRateLimit
from tests.builders import NOON, USER
from tests.integration.one_at_a_time import one_at_a_time
from tests.tables import create_tables

LIMIT = LIMITS[UserRateLimit.LINKING]


@pytest.fixture
def pacing() -> Iterator[DynamoUserRequests]:
    with mock_aws():
        client = boto3.client(
            "dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        create_tables(client)
        yield DynamoUserRequests(Table(one_at_a_time(client), "connections"))


def _is_let_in(
    pacing: DynamoUserRequests, user: str = USER, limit: UserRateLimit = UserRateLimit.LINKING
) -> bool:
    try:
        pacing.take(user, limit, now=NOON)
    except TooManyRequests:
        return False
    return True


def test_nobody_is_let_in_any_more_when_the_most_is_reached(pacing: DynamoUserRequests) -> None:
    assert [_is_let_in(pacing) for _ in range(LIMIT.most + 2)] == [True] * LIMIT.most + [False] * 2


def test_there_is_room_again_when_the_told_time_has_come(pacing: DynamoUserRequests) -> None:
    early = NOON + timedelta(seconds=100)
    for _ in range(LIMIT.most):
        pacing.take(USER, UserRateLimit.LINKING, now=early)
    with pytest.raises(TooManyRequests) as refused:
        pacing.take(USER, UserRateLimit.LINKING, now=early)
    assert refused.value.retry_at == NOON + LIMIT.stretch
    pacing.take(USER, UserRateLimit.LINKING, now=refused.value.retry_at)


def test_users_and_limits_do_not_count_together(pacing: DynamoUserRequests) -> None:
    for _ in range(LIMIT.most):
        pacing.take(USER, UserRateLimit.LINKING, now=NOON)
    assert _is_let_in(pacing, user="user-2")
    assert _is_let_in(pacing, limit=UserRateLimit.REFRESHING)
    assert not _is_let_in(pacing)


def test_no_more_than_the_most_come_in_when_many_ask_at_once(pacing: DynamoUserRequests) -> None:
    with ThreadPoolExecutor(8) as threads:
        let_in = list(threads.map(lambda _: _is_let_in(pacing), range(LIMIT.most * 3)))
    assert sum(let_in) == LIMIT.most
