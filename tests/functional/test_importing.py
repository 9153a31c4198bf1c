"""Existing users, taken in from an object in S3, with both providers asked what they have."""

import json
from typing import Any

import boto3

from tests.functional.world import World

BUCKET, KEY = "imports", "users.jsonl"


def _line(**line: Any) -> str:
    return json.dumps(line)


def test_users_of_both_providers_come_in_from_an_object(world: World) -> None:
    user = world.simulator.control.add_user("snaptrade-user-7")
    for _ in range(2):
        world.simulator.control.add_connection(user.user_id, portfolio=["everyday"], announce=False)
    item = world.plaid.control.add_item()
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    known = {"user_id": user.user_id, "user_secret": user.user_secret}
    lines = [
        _line(provider="snaptrade", user_id="user-7", credential=known),
        _line(provider="snaptrade", user_id="user-8", credential=known | {"user_secret": "wrong"}),
        "half a li",
        _line(
            provider="plaid",
            user_id="user-7",
            credential={"access_token": item.access_token},
        ),
    ]
    s3.put_object(Bucket=BUCKET, Key=KEY, Body="\n".join(lines).encode())
    event = {"operation": "import_connections", "bucket": BUCKET, "key": KEY}
    answer = world.operate(event)
    assert [each["status"] for each in answer["results"]] == [
        *("imported", "failed", "failed", "imported")
    ]
    assert [len(each.get("connections", ())) for each in answer["results"]] == [2, 0, 0, 1]
    assert world.operate(event | {"start_line": answer["next_line"]})["results"] == []
    world.work()
    found = world.call("GET", "/v1/connections", user_id="user-7").body["items"]
    assert [each["status"] for each in found] == ["active"] * 3
    assert world.call("GET", "/v1/connections", user_id="user-8").body["items"] == []


def test_object_that_is_not_there_is_named(world: World) -> None:
    event = {"operation": "import_connections", "bucket": BUCKET, "key": KEY}
    answer = world.operate(event)
    assert answer["error"] == {"code": "not_found", "detail": f"{KEY} is not known here"}
