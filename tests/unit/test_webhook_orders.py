"""Whatever the order, repetition and delay of a day's events, it ends the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.depth import many
from tests.unit.webhook_day import ADDED, ITEM, LATE_ITEM, OWNED, PROVIDERS, What
from tests.unit.webhook_muddle import ERRANDS, Course, Happening, Muddle, end_of, play_tidily

STEPS = 12
"""How many steps a delivery may be late: longer than any of the days that are drawn."""


def _possible(found: list[Happening]) -> list[Happening]:
    """Only one of the Items is registered late."""
    return [each for each in found if each[1] is not What.REGISTERED or each[0] == LATE_ITEM]


HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(list(PROVIDERS)), st.sampled_from(What)), min_size=1, max_size=8
).map(_possible)


@st.composite
def _courses(draw: st.DrawFn, happenings: list[Happening]) -> Course:
    lateness = st.lists(st.integers(0, STEPS), min_size=1, max_size=3)
    number = len(happenings)
    errands = st.tuples(
        st.integers(0, number + STEPS), st.sampled_from(list(ERRANDS)), st.booleans()
    )
    return Course(
        draw(st.lists(lateness, min_size=number, max_size=number)),
        draw(st.lists(errands, max_size=8)),
    )


def _demand_the_same_end(happenings: list[Happening], course: Course) -> None:
    tidy, muddled = play_tidily(happenings), Muddle(happenings, course).play()
    for day in (tidy, muddled):
        day.settle()
    assert end_of(muddled) == end_of(tidy)
    assert end_of(muddled)["pending"] == {}


# More than the usual number: what this test has found took hundreds of days to come up.
@settings(max_examples=many(in_gate=33, deep=400))
@given(st.data())
def test_same_is_known_in_the_end_when_events_come_late_repeatedly_and_in_any_order(
    data: st.DataObject,
) -> None:
    happenings = data.draw(HAPPENINGS)
    _demand_the_same_end(happenings, data.draw(_courses(happenings)))


@pytest.mark.parametrize(
    ("happenings", "lateness"),
    [
        pytest.param([(ADDED, What.CHANGED), (ADDED, What.CHANGED)], [2, 0], id="adopted-late"),
        pytest.param([(OWNED, What.BROKE), (OWNED, What.FIXED)], [3, 0], id="broken-after-fixed"),
        pytest.param([(OWNED, What.BROKE), (OWNED, What.ENDED)], [1, 0], id="broken-and-ended"),
        pytest.param([(ITEM, What.WARNED), (ITEM, What.FIXED)], [3, 0], id="warned-after-fixed"),
        pytest.param(
            [(LATE_ITEM, What.WARNED), (LATE_ITEM, What.REGISTERED)], [0, 0], id="parked-warning"
        ),
        pytest.param(
            [(OWNED, What.CHANGED_IN_PART), (OWNED, What.CHANGED)], [3, 0], id="failed-part-last"
        ),
    ],
)
def test_same_is_known_in_the_end_when_two_events_change_places(
    happenings: list[Happening], lateness: list[int]
) -> None:
    _demand_the_same_end(happenings, Course([[late] for late in lateness]))
