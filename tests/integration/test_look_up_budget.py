"""Junk cannot starve what is genuine: floods of invented key ids, where no key is known."""

import random
from bisect import bisect
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest

from freshet.adapters.plaid.look_up_budget import LookUpBudget
from tests.builders import NOON
from tests.depth import many

WORLDS = many(in_gate=60, deep=1_000)
TRIES = (0.0, 30.0, 150.0)  # Plaid's, in seconds
GENUINE = "genuine"

Gap = Callable[[random.Random, float], float]


def _regular(_: random.Random, gap: float) -> float:
    return gap


def _at_random(draws: random.Random, gap: float) -> float:
    return draws.expovariate(1 / gap)


def _arrivals(draws: random.Random, per_minute: float, gap: Gap) -> Iterator[tuple[float, str]]:
    at = draws.random() * 60 / per_minute
    for number in count():
        yield at, f"invented-{number}"
        at += gap(draws, 60 / per_minute)


def _flood(draws: random.Random, per_minute: float, gap: Gap) -> tuple[list[float], list[bool]]:
    """Give when ids were looked up, and how each try of a genuine one went."""
    began = 60 + draws.random() * 60
    tries = [began + each for each in TRIES]
    budget, looked_up, outcomes = LookUpBudget(draws.random), list[float](), list[bool]()

    def admits(at: float, key_id: str) -> bool:
        is_admitted = budget.admits(key_id, now=NOON + timedelta(seconds=at))
        if is_admitted:
            looked_up.append(at)
        return is_admitted

    for at, invented in _arrivals(draws, per_minute, gap):
        while tries and tries[0] <= at:
            outcomes.append(any(outcomes) or admits(tries.pop(0), GENUINE))
            tries = [] if outcomes[-1] else tries
        if at > began + TRIES[-1]:
            return looked_up, outcomes
        admits(at, invented)
    raise AssertionError


def _most_in_a_minute(looked_up: list[float]) -> int:
    return max(place - bisect(looked_up, at - 60) + 1 for place, at in enumerate(looked_up))


@pytest.mark.parametrize("gap", [_regular, _at_random])
def test_genuine_delivery_is_let_in_when_two_hundred_are_invented_each_minute(gap: Gap) -> None:
    draws = random.Random(20261130)  # noqa: S311 - invented floods
    outcomes = []
    for _ in range(WORLDS):
        looked_up, tried = _flood(draws, 200, gap)
        outcomes.append(tried)
        assert _most_in_a_minute(looked_up) <= 120
    assert sum(any(each) for each in outcomes) >= 0.9 * WORLDS
    assert sum(each[0] for each in outcomes) >= 0.4 * WORLDS


def test_plaid_is_asked_no_more_often_when_the_routes_throttle_is_used_up() -> None:
    looked_up, _ = _flood(random.Random(7), 6_000, _regular)  # noqa: S311 - invented
    assert 100 < _most_in_a_minute(looked_up) <= 120


def test_every_id_is_looked_up_when_few_are_new() -> None:
    budget = LookUpBudget(lambda: 0.999)
    assert all(
        budget.admits(f"id-{number}", now=NOON + timedelta(minutes=number)) for number in range(9)
    )


def test_chance_decides_who_is_looked_up_when_many_are_new() -> None:
    lucky, unlucky = LookUpBudget(lambda: 0.0), LookUpBudget(lambda: 0.95)
    admitted = [
        [budget.admits(f"id-{number}", now=NOON) for number in range(20)]
        for budget in (lucky, unlucky)
    ]
    assert [sum(each) for each in admitted] == [10, 1]


def test_clock_that_goes_back_gives_nothing_away() -> None:
    budget = LookUpBudget(lambda: 0.0)
    for number in range(10):
        assert budget.admits(f"id-{number}", now=NOON - timedelta(hours=number))
    assert not budget.admits("id", now=NOON - timedelta(hours=10))
