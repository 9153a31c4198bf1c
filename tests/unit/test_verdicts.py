"""When a verdict is believed: at once, after another look, or once a mass of them has passed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.verdicts import RecentReads, Suspicion, Verdict, VerdictKind, suspicion_after
from tests.builders import NOON

STATED = Verdict(kind=VerdictKind.STATED, reason="login_required")
ABSENT = Verdict(kind=VerdictKind.ABSENT, reason="missing_upstream", is_revoked=True)
UNCLEAR = Verdict(kind=VerdictKind.UNKNOWN_CODE, reason="provider_code_unknown")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _looks(verdict: Verdict, *looks: tuple[timedelta, bool]) -> list[bool]:
    """Tell after each look, at a time and in a mass or not, whether the verdict is believed."""
    suspicion: Suspicion | None = None
    believed: list[bool] = []
    for at, is_mass in looks:
        suspicion = suspicion_after(verdict, suspicion, is_mass=is_mass, now=NOON + at)
        believed.append(suspicion is None)
    return believed


def test_verdict_is_believed_at_once_when_the_provider_states_it() -> None:
    assert _looks(STATED, (0 * MINUTE, False)) == [True]


def test_absence_is_believed_when_a_look_ten_minutes_later_finds_it_again() -> None:
    looks = [(0 * MINUTE, False), (9 * MINUTE, False), (10 * MINUTE, False)]
    assert _looks(ABSENT, *looks) == [False, False, True]


def test_absence_is_believed_at_once_when_its_removal_was_announced() -> None:
    announced = Verdict(
        kind=VerdictKind.ABSENT, reason="missing_upstream", is_revoked=True, is_expected=True
    )
    assert suspicion_after(announced, None, is_mass=True, now=NOON) is None


def test_unknown_code_is_believed_when_nothing_else_came_for_three_days() -> None:
    assert _looks(UNCLEAR, (0 * DAY, False), (2 * DAY, False), (3 * DAY, False)) == [
        False,
        False,
        True,
    ]


def test_stated_verdict_is_believed_when_an_absence_was_suspected_before() -> None:
    suspected = suspicion_after(ABSENT, None, is_mass=False, now=NOON)
    assert suspicion_after(STATED, suspected, is_mass=False, now=NOON + MINUTE) is None


@pytest.mark.parametrize("verdict", [STATED, ABSENT])
def test_held_verdict_is_believed_when_two_more_looks_agree_and_others_read_well(
    verdict: Verdict,
) -> None:
    looks = [
        (0 * MINUTE, True),
        (29 * MINUTE, False),
        (30 * MINUTE, False),
        (59 * MINUTE, False),
        (60 * MINUTE, False),
    ]
    assert _looks(verdict, *looks) == [False, False, False, False, True]


def test_held_verdict_waits_when_others_are_still_in_trouble() -> None:
    hours = [(number * HOUR, True) for number in range(7)]
    assert _looks(STATED, *hours) == [False] * 6 + [True]


def test_next_look_is_named_when_looking_again_can_decide() -> None:
    absent = suspicion_after(ABSENT, None, is_mass=False, now=NOON)
    held = suspicion_after(STATED, None, is_mass=True, now=NOON)
    unclear = suspicion_after(UNCLEAR, None, is_mass=False, now=NOON)
    assert absent is not None
    assert absent.next_look_at == NOON + 10 * MINUTE
    assert held is not None
    assert held.next_look_at == NOON + 30 * MINUTE
    assert unclear is not None
    assert unclear.next_look_at is None


def test_next_look_that_agrees_decides_when_an_operator_confirms() -> None:
    held = suspicion_after(STATED, None, is_mass=True, now=NOON)
    assert held is not None
    assert suspicion_after(STATED, held.confirmed(), is_mass=True, now=NOON + MINUTE) is None


@pytest.mark.parametrize(
    ("users", "reads", "is_mass"),
    [(3, 3, False), (4, 4, True), (4, 13, True), (4, 14, False), (30, 100, True)],
)
def test_verdicts_are_a_mass_when_three_others_and_a_large_share_have_them(
    users: int, reads: int, is_mass: bool
) -> None:
    verdicts = frozenset((f"user-{each}", f"con_{each}") for each in range(users))
    assert RecentReads(reads=reads, verdicts=verdicts).is_mass(beside="user-0") is is_mass


def test_verdicts_are_no_mass_when_few_users_have_many_connections() -> None:
    verdicts = frozenset((f"user-{each % 3}", f"con_{each}") for each in range(300))
    assert not RecentReads(reads=300, verdicts=verdicts).is_mass(beside="user-0")


@given(
    st.sampled_from([STATED, ABSENT]),
    st.lists(st.tuples(st.integers(1, 90), st.booleans()), min_size=1, max_size=40),
)
def test_verdict_is_told_when_every_look_agrees_for_long_enough(
    verdict: Verdict, steps: list[tuple[int, bool]]
) -> None:
    at, looks = timedelta(0), []
    for minutes, is_mass in steps:
        looks.append((at, is_mass))
        at += minutes * MINUTE
    # Six hours from the look that found it to be one of many, and a look after them.
    is_long = looks[-1][0] >= 6 * HOUR + 2 * 90 * MINUTE
    assert not is_long or True in _looks(verdict, *looks)
