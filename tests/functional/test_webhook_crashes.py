"""One event is worked once: the processor stops after any request, its message comes again."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.functional.moving_time import set_clock
from tests.functional.stopping import Stage, Steps, Stopped, stops_of
from tests.functional.world import World, a_world
from tests.simulators.snaptrade.control_answers import SimulatedConnection

SMALL = ["everyday"]
FEWEST_STEPS = 3


@dataclass(frozen=True, slots=True)
class Victim:
    """One user, and the message whose work is to be stopped."""

    user_id: str
    message: str


Begin = Callable[[World, str], Victim]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock) as world:
        yield Stage(world, clock, Steps(monkeypatch))


def _owned(world: World, user_id: str) -> Victim:
    _, original = world.link(user_id=user_id, portfolio=SMALL)
    world.work()
    (account,) = original.account_ids
    _send_and_deliver(world, original, "ACCOUNT_HOLDINGS_UPDATED", account_id=account)
    return _victim(world, user_id)


def _adopted(world: World, user_id: str) -> Victim:
    """A known user adds a second connection; the first news of it come before it is announced."""
    _, original = world.link(user_id=user_id, portfolio=SMALL)
    world.work()
    control = world.simulator.control
    users = {each["connection_id"]: each["user_id"] for each in control.state()["connections"]}
    added = control.add_connection(users[original.connection_id], announce=False, portfolio=SMALL)
    (account,) = added.account_ids
    _send_and_deliver(world, added, "ACCOUNT_HOLDINGS_UPDATED", account_id=account)
    world.work()
    _send_and_deliver(world, added, "CONNECTION_ADDED")
    return _victim(world, user_id)


def _send_and_deliver(world: World, original: SimulatedConnection, kind: str, **about: str) -> None:
    world.simulator.control.send_webhook(original.connection_id, kind, **about)
    (received,) = world.webhooks(kind, 1)
    assert world.deliver(received) == 200


def _victim(world: World, user_id: str) -> Victim:
    (message,) = world.messages("webhook")
    return Victim(user_id, message)


def _work(world: World, victim: Victim) -> None:
    assert world.redeliver("webhook", victim.message) == {"batchItemFailures": []}


def _stop(stage: Stage, victim: Victim, number: int) -> str:
    stage.world.restart()
    with stage.steps.watched(until=number) as names, pytest.raises(Stopped):
        _work(stage.world, victim)
    return names[-1]


def _end_of(world: World, user_id: str) -> dict[str, Any]:
    """What is known of a user's connections, without ids and times, which are each one's own."""
    connections = world.rows(f"USER#{user_id}")
    found = [row for row in connections if row["SK"]["S"].startswith("CONNECTION#")]
    events = [
        row for row in world.rows("EVENT#") if row.get("owner_user_id", {}).get("S") == user_id
    ]
    names = {row["provider_connection_id"]["S"] for row in found}
    waiting = [row for row in world.rows("PARKED#") if row["provider_connection_id"]["S"] in names]
    stored = world.rows(f"USER#{user_id}#ACCOUNT#", "snapshots")
    return {
        "statuses": Counter(row["status"]["S"] for row in found),
        "pending_reads": [each for row in found if (each := row["pending_reads"]["M"])],
        "claimed": Counter((row["kind"]["S"], row["is_parked"]["BOOL"]) for row in events),
        "parked": Counter("taken_at" in row for row in waiting),
        "stored": Counter(row["SK"]["S"].partition("#")[0] for row in stored),
    }


@pytest.mark.parametrize("begin", [_owned, _adopted])
def test_same_is_known_in_the_end_when_the_processor_stops_after_any_request(
    stage: Stage, begin: Begin
) -> None:
    world = stage.world
    whole = begin(world, "user-whole")
    world.restart()
    with stage.steps.watched() as planned:
        _work(world, whole)
    assert len(planned) >= FEWEST_STEPS
    # Of one length: rows are found by how their keys begin.
    victims = {number: begin(world, f"user-{number:03}") for number in stops_of(planned)}
    for number, victim in victims.items():
        assert _stop(stage, victim, number) == planned[number]
    world.restart()
    stage.clock.advance(minutes=3)  # the message stays hidden until then
    for victim in victims.values():
        _work(world, victim)
    world.work()
    expected = _end_of(world, whole.user_id)
    assert expected["pending_reads"] == []
    assert set(expected["statuses"]) == {"active"}
    for number, victim in victims.items():
        assert _end_of(world, victim.user_id) == expected, planned[number]
