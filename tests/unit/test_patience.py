"""Waiting: as long as something moves, and no longer than a standstill."""

import threading
from itertools import count

import pytest

from tests import patience
from tests.patience import StoodStill, eventually, wait_for


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_STANDSTILL_SECONDS", 0.02)


def test_result_is_given_when_it_comes_after_several_standstills_of_movement() -> None:
    steps = count()
    assert eventually(lambda: next(steps), until=lambda seen: seen == 9, pause=0.01) == 9


def test_wait_is_given_up_when_nothing_moves() -> None:
    with pytest.raises(StoodStill, match="still 7") as ended:
        eventually(lambda: 7, until=lambda seen: seen == 8, pause=0.001)
    assert ended.value.seen == 7


def test_wait_is_given_up_when_it_goes_round_in_circles() -> None:
    steps = count()
    with pytest.raises(StoodStill):
        eventually(lambda: next(steps) % 2, until=lambda seen: seen == 2, pause=0.001)


def test_condition_is_awaited_when_others_notify_of_something_else() -> None:
    changed, steps = threading.Condition(), [0]

    def move() -> None:
        for _ in range(50):
            with changed:
                steps[0] += 1
                changed.notify_all()

    mover = threading.Thread(target=move)
    with changed:
        mover.start()
        assert wait_for(changed, lambda: steps[0] == 50)
    mover.join()


def test_condition_is_given_up_when_it_is_never_notified() -> None:
    changed = threading.Condition()
    with changed:
        assert not wait_for(changed, lambda: False)
