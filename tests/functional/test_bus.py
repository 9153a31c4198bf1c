"""Events out: a rule of the company's own receives them, ids only."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.functional.world import EVENTS, USER, World

SCHEMAS = {path.stem: json.loads(path.read_text()) for path in (EVENTS / "schemas").glob("*.json")}


@pytest.fixture
def listening(world: World) -> str:
    """A queue of the company's, fed by a rule on the bus."""
    queue_url = str(boto3.client("sqs").create_queue(QueueName="company")["QueueUrl"])
    attributes = world.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    events = boto3.client("events")
    pattern = json.dumps({"source": ["freshet"]})
    events.put_rule(Name="all", EventBusName="freshet", EventPattern=pattern)
    target: Any = {"Id": "queue", "Arn": attributes["Attributes"]["QueueArn"]}
    events.put_targets(Rule="all", EventBusName="freshet", Targets=[target])
    world.queues["company"] = queue_url
    return queue_url


def _heard(world: World) -> list[dict[str, Any]]:
    return [json.loads(body) for body in world.messages("company")]


def test_new_holdings_are_announced_with_ids_only(world: World, listening: str) -> None:
    connection_id, _ = world.link(portfolio=["everyday"])
    world.work()
    (event,) = _heard(world)
    assert event["detail-type"] == "HoldingsChanged"
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    occurred_at = event["detail"].pop("occurred_at")
    assert occurred_at.endswith("Z")
    assert event["detail"] == {
        "user_id": USER,
        "connection_id": connection_id,
        "account_id": account["id"],
    }


def test_a_refresh_and_a_broken_login_are_announced_and_fit_their_schemas(
    world: World, listening: str
) -> None:
    connection_id, at_provider = world.link(portfolio=["everyday"])
    world.work()
    refresh = world.call("POST", f"/v1/connections/{connection_id}/refresh").body
    world.deliver(world.webhooks("ACCOUNT_HOLDINGS_UPDATED", 1)[0])
    world.work()
    control = world.simulator.control
    control.disable(at_provider.connection_id)
    world.deliver(world.webhooks("CONNECTION_BROKEN", 1)[0])
    world.work()
    control.enable(at_provider.connection_id)
    world.deliver(world.webhooks("CONNECTION_FIXED", 1)[0])
    world.work()
    heard = _heard(world)
    kinds = [event["detail-type"] for event in heard]
    assert sorted(set(kinds)) == sorted(SCHEMAS)
    (finished,) = [each for each in heard if each["detail-type"] == "RefreshFinished"]
    assert finished["detail"]["refresh_id"] == refresh["id"]
    for event in heard:
        _assert_fits(event["detail"], SCHEMAS[event["detail-type"]])


def test_a_read_that_finds_nothing_new_announces_nothing(world: World, listening: str) -> None:
    connection_id, _ = world.link(mode="realtime", portfolio=["crypto"])
    world.work()
    _heard(world)
    world.call("POST", f"/v1/connections/{connection_id}/refresh")
    world.work()
    assert "HoldingsChanged" not in [event["detail-type"] for event in _heard(world)]


def _assert_fits(detail: dict[str, Any], schema: dict[str, Any]) -> None:
    assert schema["additionalProperties"] is False
    assert set(detail) == set(schema["required"]) == set(schema["properties"])
    assert all(isinstance(value, str) for value in detail.values())


def test_every_schema_is_named_after_its_event() -> None:
    assert {Path(name).stem for name in SCHEMAS} == {
        "HoldingsChanged",
        "ConnectionNeedsUser",
        "ConnectionRecovered",
        "RefreshFinished",
    }
