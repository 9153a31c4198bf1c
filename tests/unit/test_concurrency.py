"""The one retry loop of the optimistic lock."""

import pytest

from freshet.domain.concurrency import MOST_ATTEMPTS, retry_lost_races
from freshet.domain.errors import ConcurrentChange, NotFound


class Races:
    """An attempt that loses some races before it wins."""

    def __init__(self, lost: int) -> None:
        self._lost = lost
        self.attempts = 0

    def __call__(self) -> str:
        self.attempts += 1
        if self.attempts <= self._lost:
            raise ConcurrentChange("a part of the row")
        return "stored"


@pytest.mark.parametrize("lost", [0, 1, MOST_ATTEMPTS - 1])
def test_attempt_is_repeated_until_it_wins_when_races_are_lost(lost: int) -> None:
    races = Races(lost)
    assert retry_lost_races(races, row="row") == "stored"
    assert races.attempts == lost + 1


def test_race_is_given_up_with_the_rows_name_when_every_attempt_loses() -> None:
    races = Races(MOST_ATTEMPTS)
    with pytest.raises(ConcurrentChange, match=r"^row$"):
        retry_lost_races(races, row="row")
    assert races.attempts == MOST_ATTEMPTS


def test_other_errors_end_the_attempts_at_once() -> None:
    attempts = []

    def attempt() -> None:
        attempts.append(1)
        raise NotFound("row")

    with pytest.raises(NotFound):
        retry_lost_races(attempt, row="row")
    assert len(attempts) == 1
