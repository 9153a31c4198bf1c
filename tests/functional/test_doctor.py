"""The examination of a deployment, from the event to every line of its answer."""

import json
from typing import Any

import boto3

from tests.functional.world import World

ALARM = {
    "MetricName": "m",
    "Namespace": "n",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Statistic": "Sum",
}


def _examined(world: World) -> dict[str, dict[str, Any]]:
    answer = world.operate({"operation": "doctor"})
    assert "error" not in answer, answer
    return {each["check"]: each for each in answer["lines"]}


def test_new_deployment_is_told_what_is_missing(world: World) -> None:
    lines = _examined(world)
    queues = ("webhook", "refresh", "snapshot", "planner", "audit")
    assert {name: each["status"] for name, each in lines.items()} == {
        "keys plaid": "ok",
        "webhooks plaid": "attention",
        "quota plaid": "ok",
        "overdue plaid": "ok",
        "keys snaptrade": "ok",
        "webhooks snaptrade": "attention",
        "quota snaptrade": "ok",
        "overdue snaptrade": "ok",
        "planner": "broken",
        **{f"dead letters {name}": "ok" for name in queues},
        "budget": "ok",
        "alarms": "attention",
        "protection": "attention",
    }
    assert all((each["status"] == "ok") == (each["to_do"] is None) for each in lines.values())


def test_working_deployment_is_well(world: World) -> None:
    _, connection = world.link()
    world.simulator.control.disable(connection.connection_id)
    assert world.deliver(world.listener.next("CONNECTION_BROKEN")) == 200
    world.work()
    world.plan()
    for table in ("connections", "snapshots"):
        world.dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    alarms: Any = boto3.client("cloudwatch")
    alarms.put_metric_alarm(AlarmName="freshet-One", AlarmActions=["arn:aws:sns:x"], **ALARM)
    lines = _examined(world)
    assert {name for name, each in lines.items() if each["status"] != "ok"} == {"webhooks plaid"}


def test_keys_are_broken_when_they_are_the_stacks_own_or_do_not_fit(world: World) -> None:
    secrets = boto3.client("secretsmanager")
    for client_id in ("fill-in", "another"):
        for provider, key in (("snaptrade", "consumer_key"), ("plaid", "secret")):
            keys = json.dumps({"client_id": client_id, key: "generated-value"})
            secrets.put_secret_value(SecretId=f"providers/{provider}", SecretString=keys)
        world.restart()
        lines = _examined(world)
        for provider in ("snaptrade", "plaid"):
            line = lines[f"keys {provider}"]
            assert (line["status"], bool(line["to_do"])) == ("broken", True)
            assert ("still holds" in line["found"]) == (client_id == "fill-in")
        assert "generated-value" not in str(lines)
