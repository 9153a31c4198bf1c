"""The schedule's reads for a user and day: counted once each, never too many."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from freshet.adapters.dynamodb.allowance import DynamoReadAllowance
from freshet.adapters.dynamodb.table import Table
from freshet.ports import ReadAllowance
from tests.builders import NOON, USER
from tests.fakes import FakeReadAllowance
from tests.integration.one_at_a_time import one_at_a_time
from tests.tables import create_tables


@pytest.fixture(params=["fake", "dynamodb"])
def allowance(request: pytest.FixtureRequest) -> Iterator[ReadAllowance]:
    if request.param == "fake":
        yield FakeReadAllowance()
        return
    with mock_aws():
        client = boto3.client(
            "dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        create_tables(client)
        yield DynamoReadAllowance(Table(one_at_a_time(client), "connections"))


def _taken(allowance: ReadAllowance, tries: int, user: str = USER, **later: float) -> list[bool]:
    now = NOON + timedelta(**later)
    return [allowance.take(user, most=4, now=now) for _ in range(tries)]


def test_no_more_than_the_most_is_given_when_asked_too_often(allowance: ReadAllowance) -> None:
    assert _taken(allowance, 6) == [True] * 4 + [False] * 2


def test_each_user_and_day_has_its_own_when_there_are_several(allowance: ReadAllowance) -> None:
    assert _taken(allowance, 5) == [True] * 4 + [False]
    assert _taken(allowance, 5, user="user-2") == [True] * 4 + [False]
    assert _taken(allowance, 1, hours=11, minutes=59) == [False]
    assert _taken(allowance, 5, hours=12) == [True] * 4 + [False]


def test_no_more_than_the_most_is_given_when_many_ask_at_once(allowance: ReadAllowance) -> None:
    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(lambda _: allowance.take(USER, most=4, now=NOON), range(24)))
    assert sum(given) == 4
