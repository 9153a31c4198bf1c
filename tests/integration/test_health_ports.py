"""What an examination looks at: heartbeats, alarms, protection and a provider's pause."""

from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from freshet.adapters.dynamodb.heartbeats import DynamoHeartbeats
from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.adapters.dynamodb.table import Table
from freshet.adapters.watch import CloudWatchAlarms, DynamoProtection
from freshet.domain.health import Alarm, Pause
from freshet.domain.quota import QuotaRate
from freshet.ports import Heartbeats
from tests.builders import NOON
from tests.clients import DynamoDB
from tests.fakes import FakeClock, FakeHeartbeats

ALARM = {
    "MetricName": "m",
    "Namespace": "n",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Statistic": "Sum",
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture(params=["fake", "dynamo"])
def heartbeats(request: pytest.FixtureRequest, clock: FakeClock) -> Heartbeats:
    if request.param == "fake":
        return FakeHeartbeats(clock)
    return DynamoHeartbeats(Table(request.getfixturevalue("dynamodb"), "connections"), clock)


def test_last_beat_is_remembered_by_name(heartbeats: Heartbeats, clock: FakeClock) -> None:
    assert heartbeats.last("planner") is None
    heartbeats.beat("planner")
    assert (heartbeats.last("planner"), heartbeats.last("other")) == (NOON, None)
    clock.advance(timedelta(minutes=1))
    heartbeats.beat("planner")
    assert heartbeats.last("planner") == NOON + timedelta(minutes=1)


def test_process_writes_twice_a_minute_at_most(dynamodb: DynamoDB, clock: FakeClock) -> None:
    heartbeats = DynamoHeartbeats(Table(dynamodb, "connections"), clock)
    heartbeats.beat("planner")
    clock.advance(timedelta(seconds=29))
    heartbeats.beat("planner")
    assert heartbeats.last("planner") == NOON


def test_trouble_with_a_heartbeat_is_none_of_the_works(dynamodb: DynamoDB) -> None:
    heartbeats = DynamoHeartbeats(Table(dynamodb, "none"), FakeClock(NOON))
    heartbeats.beat("planner")
    with pytest.raises(ClientError):
        heartbeats.last("planner")


def test_alarms_are_those_of_the_stack(aws: None) -> None:
    client: Any = boto3.client("cloudwatch")
    others = ("freshet-prod-One-1", "o", *(f"freshet-dev-Many-{number}" for number in range(120)))
    client.put_metric_alarm(AlarmName="freshet-One-1", AlarmActions=["arn:aws:sns:x"], **ALARM)
    for name in ("freshet-Two-2", *others):
        client.put_metric_alarm(AlarmName=name, AlarmActions=[], **ALARM)
    client.set_alarm_state(AlarmName="freshet-Two-2", StateValue="ALARM", StateReason="x")
    assert CloudWatchAlarms(client, "freshet").all() == [
        Alarm(name="One-1", is_armed=True, is_raised=False),
        Alarm(name="Two-2", is_armed=False, is_raised=True),
    ]


def test_protection_is_told_by_table(dynamodb: DynamoDB) -> None:
    dynamodb.update_table(TableName="snapshots", DeletionProtectionEnabled=True)
    found = DynamoProtection(dynamodb, "connections", "snapshots").by_table()
    assert found == {"connections": False, "snapshots": True}


def test_pause_is_told_until_it_ends(dynamodb: DynamoDB, clock: FakeClock) -> None:
    quota = DynamoQuota(
        Table(dynamodb, "connections"),
        "snaptrade",
        QuotaRate.for_limit(250),
        clock=clock,
        wait=lambda _: None,
        patience=timedelta(seconds=1.75),
    )
    assert quota.pause() is None
    quota.take(1)
    assert quota.pause() is None
    quota.block(NOON + timedelta(minutes=1), is_down=False)
    assert quota.pause() == Pause(NOON + timedelta(minutes=1), is_down=False)
    quota.block(NOON + timedelta(minutes=2), is_down=True)
    assert quota.pause() == Pause(NOON + timedelta(minutes=2), is_down=True)
    clock.advance(timedelta(minutes=2))
    assert quota.pause() is None
