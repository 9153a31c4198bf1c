"""A purchase beside the provider's bill: the process stops after outside steps in turn."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.functional.books import books_of, deployment_spent
from tests.functional.moving_time import set_clock
from tests.functional.stopping import Stage, Steps, Stopped, stops_of
from tests.functional.world import Answer, Original, a_world

FEWEST_STEPS = 10
TURNS = 4
SMALL = ["everyday"]
DAILY = "PT24H"


@dataclass(slots=True)
class Victim:
    """One user with one connection, and the invocation that is to be stopped for it."""

    user_id: str
    connection_id: str
    original: Original
    work: Callable[[], object]


Begin = Callable[[Stage, str], Victim]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock) as world:
        yield Stage(world, clock, Steps(monkeypatch))


def _commanded_at_snaptrade(stage: Stage, user_id: str) -> Victim:
    connection_id, original = stage.world.link(
        user_id=user_id, refresh_every=DAILY, portfolio=SMALL
    )
    return _commanded(stage, user_id, connection_id, original)


def _commanded_at_plaid(stage: Stage, user_id: str) -> Victim:
    connection_id, original = stage.world.link_item(
        user_id=user_id, refresh_every=DAILY, portfolio=SMALL
    )
    return _commanded(stage, user_id, connection_id, original)


def _commanded(stage: Stage, user_id: str, connection_id: str, original: Original) -> Victim:
    world = stage.world
    world.work()
    world.plan()
    (command,) = (each for each in world.messages("refresh") if connection_id in each)

    def work() -> None:
        assert world.redeliver("refresh", command) == {"batchItemFailures": []}

    return Victim(user_id, connection_id, original, work)


def _pressed_in_place(stage: Stage, user_id: str) -> Victim:
    world = stage.world
    connection_id, original = world.link(user_id=user_id, portfolio=SMALL)
    world.work()
    path, headers = f"/v1/connections/{connection_id}/refresh", {"idempotency-key": "press-1"}

    def work() -> Answer:
        answer = world.call("POST", path, user_id=user_id, headers=headers)
        assert answer.status == 202, answer
        return answer

    return Victim(user_id, connection_id, original, work)


def _stop(stage: Stage, victim: Victim, number: int) -> str:
    stage.world.restart()
    with stage.steps.watched(until=number) as names, pytest.raises(Stopped):
        victim.work()
    return names[-1]


def _recover(stage: Stage, victims: list[Victim]) -> None:
    """Try again at once and after the fence, while the planner has its turns."""
    world = stage.world
    world.restart()
    for victim in victims:
        victim.work()
    stage.clock.advance(minutes=4)
    for victim in victims:
        victim.work()
    for _ in range(TURNS):
        stage.clock.advance(minutes=4)
        world.plan()
        world.work()


def _stopped_after_steps(stage: Stage, begin: Begin) -> list[Victim]:
    whole = begin(stage, "user-whole")
    stage.world.restart()
    with stage.steps.watched() as planned:
        whole.work()
    assert len(planned) >= FEWEST_STEPS
    victims = {number: begin(stage, f"user-{number}") for number in stops_of(planned)}
    for number, victim in victims.items():
        assert _stop(stage, victim, number) == planned[number]
    return [whole, *victims.values()]


@pytest.mark.parametrize("begin", [_commanded_at_snaptrade, _commanded_at_plaid, _pressed_in_place])
def test_books_cover_the_bill_when_the_process_stops_after_any_step(
    stage: Stage, begin: Begin
) -> None:
    victims = _stopped_after_steps(stage, begin)
    _recover(stage, victims)
    books = [books_of(stage.world, each.user_id, each.original) for each in victims]
    for each in books:
        each.demand_promises()
        # Without a trace of the call, its money stays spent: nobody can know better.
        assert each.status == ("complete" if each.billed else "timed_out")
    assert {bool(each.billed) for each in books} == {True, False}
    assert deployment_spent(stage.world) == sum(each.booked for each in books)
