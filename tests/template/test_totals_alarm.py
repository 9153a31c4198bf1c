"""When totals that differ raise an alarm: their share of a day is high, and has risen."""

from collections.abc import Sequence

import pytest

from tests.template.metric_math import is_raised
from tests.template.reading import Template
from tests.template.test_alarms import alarms_of

type Days = Sequence[tuple[int | None, int | None]]

MISSING = None
QUIET = [(2, 100)] * 6


@pytest.mark.parametrize("name", ["SnapTradeTotalsDifferAlarm", "PlaidTotalsDifferAlarm"])
@pytest.mark.parametrize(
    ("days", "raised"),
    [
        ([*QUIET, (2, 100)], False),
        ([*QUIET, (5, 100)], False),  # exactly 5 %
        ([*QUIET, (6, 100)], True),
        ([*QUIET, (60, 1000)], True),
        ([*[(10, 100)] * 6, (20, 100)], False),  # not yet twice as many as usual
        ([*[(10, 100)] * 6, (40, 100)], True),
        ([(30, 100)] * 7, False),  # as ever: those institutions are known
        ([(40, 100), *QUIET], False),  # long ago, and over
        ([*QUIET, (MISSING, 100)], False),
        ([*[(MISSING, 100)] * 6, (6, 100)], True),
        ([*[(MISSING, MISSING)] * 6, (50, 100)], False),  # a first day has no usual
        ([*[(MISSING, 100)] * 6, (MISSING, MISSING)], False),
        ([(MISSING, 100)] * 7, False),  # a difference was never counted
        ([(MISSING, MISSING)] * 7, False),  # neither metric exists
    ],
)
def test_totals_that_differ_raise_an_alarm_where_their_share_is_high_and_has_risen(
    template: Template, name: str, days: Days, raised: bool
) -> None:
    differing, compared = zip(*days, strict=True)
    alarm = alarms_of(template)[name]
    assert is_raised(alarm, {"differing": differing, "compared": compared}) is raised
