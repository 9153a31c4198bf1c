"""When totals that differ raise an alarm: their share of a day is high, and has risen."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from tests.template.reading import Template
from tests.template.test_alarms import alarms_of

MISSING = math.nan
QUIET = [(2, 100)] * 6


@dataclass(frozen=True, slots=True)
class Series:
    """Values of consecutive days, as CloudWatch works on them; NaN is a missing one."""

    values: tuple[float, ...]

    def _with(self, other: "Series | float", work: Callable[[float, float], float]) -> "Series":
        others = other.values if isinstance(other, Series) else (other,) * len(self.values)
        pairs = zip(self.values, others, strict=True)
        return Series(
            tuple(
                MISSING if math.isnan(one) or math.isnan(two) else work(one, two)
                for one, two in pairs
            )
        )

    def __mul__(self, other: "Series | float") -> "Series":
        return self._with(other, lambda one, two: one * two)

    __rmul__ = __mul__

    def __truediv__(self, other: "Series | float") -> "Series":
        return self._with(other, lambda one, two: one / two if two else MISSING)

    def __gt__(self, other: "Series | float") -> "Series":
        return self._with(other, lambda one, two: float(one > two))

    def is_at(self, other: float) -> "Series":
        """Compare for equality, which a dataclass does otherwise."""
        return self._with(other, lambda one, two: float(one == two))


def _known(series: Series) -> list[float]:
    return [each for each in series.values if not math.isnan(each)]


FUNCTIONS = {
    "__builtins__": {},
    "FILL": lambda series, filler: Series(
        tuple(filler if math.isnan(each) else each for each in series.values)
    ),
    "AVG": lambda series: sum(_known(series)) / len(_known(series)),
}


def _is_raised(template: Template, name: str, days: Sequence[tuple[float, float]]) -> bool:
    """Work the alarm's expressions out for the accounts of each day: differing, compared."""
    alarm = alarms_of(template)[name]
    known: dict[str, object] = {
        "differing": Series(tuple(float(differing) for differing, _ in days)),
        "compared": Series(tuple(float(compared) for _, compared in days)),
    }
    for each in alarm["Metrics"]:
        if "Expression" in each:
            # Python has no operator for the equality of two series.
            text = each["Expression"].replace("EPOCH(share) == MAX(EPOCH(share))", "NEWEST")
            known["NEWEST"] = _newest(known.get("share"))
            known[each["Id"]] = eval(text, FUNCTIONS, known)  # noqa: S307 our own template
    risen = known["risen"]
    assert isinstance(risen, Series)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    raised = sum(each >= alarm["Threshold"] for each in risen.values)
    return bool(raised >= alarm["DatapointsToAlarm"])


def _newest(share: object) -> Series | None:
    if not isinstance(share, Series) or not _known(share):
        return None
    days = _epochs(share)
    return days.is_at(max(_known(days)))


def _epochs(series: Series) -> Series:
    known = [not math.isnan(each) for each in series.values]
    return Series(tuple(float(day) if there else MISSING for day, there in enumerate(known)))


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
    ],
)
def test_totals_that_differ_raise_an_alarm_where_their_share_is_high_and_has_risen(
    template: Template, name: str, days: list[tuple[float, float]], raised: bool
) -> None:
    assert _is_raised(template, name, days) is raised
