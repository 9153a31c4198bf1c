"""Who removes stops after every outside step in turn; all is gone in the end, the books stay."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from tests.functional.moving_time import set_clock
from tests.functional.stopping import SHARES, Stage, Steps, Stopped, stops_of
from tests.functional.world import World, a_world

SMALL = ["everyday"]
LINK = "freshet/read freshet/refresh freshet/link"
FEWEST_STEPS = 12
TURNS = 14


@dataclass(frozen=True, slots=True)
class Victim:
    """One user, and the erasure whose work is to be stopped."""

    user_id: str
    erasure_id: str
    message: str


Begin = Callable[[World, str], str]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock, deletion_delay_seconds=0) as world:
        yield Stage(world, clock, Steps(monkeypatch))


def _at_plaid(world: World, user_id: str) -> str:
    connection_id, _ = world.link_item(user_id=user_id, portfolio=SMALL)
    return connection_id


def _gone_at_snaptrade(world: World, user_id: str) -> str:
    """A connection that was bought for, and that SnapTrade has deleted by the time we ask again."""
    connection_id, _ = world.link(user_id=user_id, portfolio=SMALL)
    world.work()
    path = f"/v1/connections/{connection_id}/refresh"
    assert world.call("POST", path, user_id=user_id).status == 202
    return connection_id


def _victim(stage: Stage, begin: Begin, user_id: str) -> Victim:
    world = stage.world
    connection_id = begin(world, user_id)
    world.work()
    path = f"/v1/connections/{connection_id}"
    erasure_id = world.call("DELETE", path, user_id=user_id, scope=LINK).body["id"]
    message = _taken(world, erasure_id)
    if begin is _gone_at_snaptrade:
        assert world.redeliver("refresh", message) == {"batchItemFailures": []}
        world.webhooks("CONNECTION_DELETED", 1)  # it is done, and we do not hear of it
    return Victim(user_id, erasure_id, message)


def _taken(world: World, erasure_id: str) -> str:
    """Take the command out of its queue for good: nobody else is to work it later."""
    queue = world.queues["refresh"]
    found = world.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    for each in found:
        world.sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
    (message,) = (each["Body"] for each in found if erasure_id in each["Body"])
    return str(message)


def _stop(stage: Stage, victim: Victim, number: int) -> str:
    stage.world.restart()
    with stage.steps.watched(until=number) as names, suppress(Stopped):
        stage.world.redeliver("refresh", victim.message)
    # Python gives the user's lease back even so, which a dead process would not.
    return names[number]


def _end_of(world: World, victim: Victim) -> dict[str, Any]:
    receipt = world.call("GET", f"/v1/erasures/{victim.erasure_id}", user_id=victim.user_id).body
    own = {row["SK"]["S"].partition("#")[0] for row in world.rows(f"USER#{victim.user_id}")}
    held = world.rows(f"USER#{victim.user_id}#ACCOUNT#", "snapshots")
    return {
        "status": receipt["status"],
        "upstream": receipt["upstream"]["status"],
        "own": own,
        "held": {row["SK"]["S"] for row in held},
    }


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("begin", [_at_plaid, _gone_at_snaptrade])
def test_all_is_gone_in_the_end_when_the_process_stops_after_any_step(
    stage: Stage, begin: Begin, share: int
) -> None:
    whole = _victim(stage, begin, "user-whole")
    stage.clock.advance(minutes=1)
    stage.world.restart()
    with stage.steps.watched() as planned:
        stage.world.redeliver("refresh", whole.message)
    assert len(planned) >= FEWEST_STEPS
    numbers = stops_of(planned, share=share, shares=len(SHARES), are_writes_alike=True)
    victims = {number: _victim(stage, begin, f"user-{number}") for number in numbers}
    stage.clock.advance(minutes=1)
    for number, victim in victims.items():
        assert _stop(stage, victim, number) == planned[number]
    stage.world.restart()
    for _ in range(TURNS):
        stage.clock.advance(minutes=3)
        stage.world.plan()
        stage.world.work()
    expected = _end_of(stage.world, whole)
    assert (expected["status"], expected["upstream"]) == ("removed", "removed")
    assert expected["held"] == {"ERASED"}
    assert expected["own"] <= {"ACCOUNTS", "BUDGET", "LEASE", "LEDGER", "REQUESTS", "READS"}
    for number, victim in victims.items():
        assert _end_of(stage.world, victim) == expected, planned[number]
    secrets = boto3.client("secretsmanager").list_secrets(MaxResults=100)["SecretList"]
    assert not [each for each in secrets if each["Name"].startswith("freshet/users/")]
