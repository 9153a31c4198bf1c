"""Readers of both links stop after every outside step in turn; the accounts live on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from tests.depth import sample
from tests.functional.moving_time import set_clock
from tests.functional.relinking import Relinking
from tests.functional.stopping import SHARES, Steps, Stopped, stops_of
from tests.functional.world import a_world

TURNS = 8


@dataclass(slots=True)
class Stage:
    """Two links of each user, and invocations that can be stopped."""

    relinking: Relinking
    steps: Steps


@dataclass(frozen=True, slots=True)
class Victim:
    """One user, what was known before, and the command whose work is to be stopped."""

    user_id: str
    accounts: tuple[str, ...]
    new: str
    message: str


Begin = Callable[[Stage, str, str], Victim]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock, deletion_delay_seconds=0) as world:
        world.plaid.control.turn(persistent_account_ids=True)
        yield Stage(Relinking(world, clock), Steps(monkeypatch))


def _new_link_is_read(stage: Stage, provider: str, user_id: str) -> Victim:
    relinking, linked = stage.relinking, {"user_id": user_id, "holder": user_id}
    relinking.clock.advance(seconds=5)  # so many users need more than a minute's calls
    relinking.link(provider, **linked)
    relinking.world.work()
    accounts = tuple(relinking.accounts(user_id=user_id))
    new = relinking.link(provider, **linked)
    return Victim(user_id, accounts, new, relinking.taken("snapshot", new))


def _old_link_is_judged(stage: Stage, provider: str, user_id: str) -> Victim:
    relinking, linked = stage.relinking, {"user_id": user_id, "holder": user_id}
    relinking.clock.advance(seconds=5)  # so many users need more than a minute's calls
    old = relinking.link(provider, **linked)
    relinking.world.work()
    accounts = tuple(relinking.accounts(user_id=user_id))
    new = relinking.link(provider, **linked)
    relinking.world.work()
    relinking.clock.advance(seconds=1)
    assert relinking.world.plan() == 1
    return Victim(user_id, accounts, new, relinking.taken("snapshot", old))


CASES = sample(
    [
        (begin, fewest, provider)
        for begin, fewest in ((_new_link_is_read, 18), (_old_link_is_judged, 8))
        for provider in ("snaptrade", "plaid")
    ],
    2,
    kind=lambda case: case[1],
)


@contextmanager
def _alone(stage: Stage) -> Iterator[None]:
    """Start cold, with a limiter that is idle: then the steps are always the same."""
    stage.relinking.world.restart()
    stage.relinking.clock.advance(seconds=1)
    yield


def _stop(stage: Stage, victim: Victim, number: int) -> str:
    with _alone(stage), stage.steps.watched(until=number) as names, suppress(Stopped):
        stage.relinking.world.redeliver("snapshot", victim.message)
    return names[number]


def _end_of(stage: Stage, victim: Victim) -> dict[str, Any]:
    relinking, world = stage.relinking, stage.relinking.world
    portfolio = relinking.portfolio(user_id=victim.user_id)
    held = world.rows(f"USER#{victim.user_id}#ACCOUNT#", "snapshots")
    assert relinking.linked(user_id=victim.user_id) == [victim.new]
    assert relinking.accounts(user_id=victim.user_id) == dict.fromkeys(victim.accounts, victim.new)
    own = f"USER#{victim.user_id}"
    (row,) = (each for each in world.rows(own) if each["PK"]["S"] == own and "account_ids" in each)
    assert [each["S"] for each in row["account_ids"]["L"]] == list(victim.accounts)
    return {
        "totals": portfolio["totals"],
        "kinds": {row["SK"]["S"].partition("#")[0] for row in held},
        "versions": sum(row["SK"]["S"].startswith("VERSION#") for row in held),
    }


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize(("begin", "fewest", "provider"), CASES)
def test_accounts_live_on_when_the_reader_stops_after_any_step(
    stage: Stage, begin: Begin, fewest: int, provider: str, share: int
) -> None:
    relinking = stage.relinking
    whole = begin(stage, provider, "user-whole")
    with _alone(stage), stage.steps.watched() as planned:
        relinking.world.redeliver("snapshot", whole.message)
    assert len(planned) >= fewest
    numbers = stops_of(planned, share=share, shares=len(SHARES), are_writes_alike=True)
    victims = {number: begin(stage, provider, f"user-{number}") for number in numbers}
    for number, victim in victims.items():
        assert _stop(stage, victim, number) == planned[number]
    relinking.world.restart()
    relinking.settle(TURNS)
    expected = _end_of(stage, whole)
    assert "ERASED" not in expected["kinds"]
    for number, victim in victims.items():
        assert _end_of(stage, victim) == expected, planned[number]
    assert relinking.upstream(provider) == 1 + len(victims)
