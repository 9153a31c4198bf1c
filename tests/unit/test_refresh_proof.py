"""How proof and time close a refresh."""

from datetime import timedelta

import pytest

from freshet.domain.refresh import (
    CHECKS_AFTER,
    AccountProgress,
    Refresh,
    RefreshStatus,
    accept,
    note_proof,
    pass_check,
)
from tests.builders import NOON, a_refresh, an_answer

W, R, D, G = (
    AccountProgress.WAITING,
    AccountProgress.REPORTED,
    AccountProgress.DONE,
    AccountProgress.GONE,
)
LATER = NOON + timedelta(minutes=1)


def _accepted(*progress: AccountProgress, **changes: object) -> Refresh:
    accounts = {f"acc_{place}": each for place, each in enumerate(progress)}
    values = {
        "status": RefreshStatus.ACCEPTED,
        "started_at": NOON,
        "next_check_at": LATER,
        "accounts": accounts,
    }
    return a_refresh(**(values | changes))


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        ((D, D), "complete"),
        ((D, G), "complete"),
        ((G, G), "no_change"),
        ((D, W), "accepted"),
        ((D, R), "accepted"),
        ((), "accepted"),
    ],
)
def test_refresh_closes_early_only_when_every_account_is_settled(
    progress: tuple[AccountProgress, ...], expected: str
) -> None:
    assert note_proof(_accepted(*progress), {}, now=LATER).status == expected


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        ((D, W), "partial"),
        ((D, R), "partial"),
        ((W, W), "timed_out"),
        ((W, R), "timed_out"),
        ((R, R), "no_change"),
        ((R, G), "no_change"),
        ((), "no_change"),
    ],
)
def test_refresh_says_how_far_it_came_when_time_is_up(
    progress: tuple[AccountProgress, ...], expected: str
) -> None:
    last = _accepted(*progress, checks_done=len(CHECKS_AFTER) - 1)
    ended = pass_check(last, now=LATER)
    assert ended.status == expected
    assert (ended.finished_at, ended.next_check_at) == (LATER, None)


def test_done_stays_done_when_a_later_read_finds_less() -> None:
    noted = note_proof(_accepted(D, W), {"acc_0": W, "acc_1": R, "acc_9": D}, now=LATER)
    assert noted.accounts == {"acc_0": D, "acc_1": R}
    assert noted.accounts_done == 1


def test_checks_follow_the_plan_when_each_passes_without_proof() -> None:
    refresh = accept(
        a_refresh(status=RefreshStatus.CALLING, started_at=NOON, accounts={"acc_0": W}),
        an_answer(status=200),
        now=NOON + timedelta(seconds=2),
    )
    for wait in CHECKS_AFTER:
        assert refresh.next_check_at == NOON + wait
        refresh = pass_check(refresh, now=NOON + wait)
    assert refresh.status is RefreshStatus.TIMED_OUT


@pytest.mark.parametrize("early", [timedelta(seconds=1), timedelta(microseconds=1)])
def test_check_does_not_count_when_it_comes_before_its_time(early: timedelta) -> None:
    refresh = _accepted(W)
    assert pass_check(refresh, now=LATER - early) == refresh


def test_check_does_not_count_when_none_is_planned() -> None:
    refresh = _accepted(W, next_check_at=None)
    assert pass_check(refresh, now=LATER) == refresh


def test_late_yes_closes_at_once_when_proof_came_before_it() -> None:
    calling = a_refresh(status=RefreshStatus.CALLING, started_at=NOON, accounts={"acc_0": W})
    noted = note_proof(calling, {"acc_0": D}, now=LATER)
    assert noted.status is RefreshStatus.CALLING
    assert accept(noted, an_answer(status=200), now=LATER).status is RefreshStatus.COMPLETE
