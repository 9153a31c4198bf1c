"""The evaluator of metric math against the tables of AWS's page on it; alarms without data."""

from typing import Any

import pytest

from tests.template.metric_math import (
    ONLY,
    READINGS,
    Reading,
    Recorded,
    evaluated,
    is_raised,
)

# The tables of using-metric-math.html, "-" written as None.
CONDITION, YES, NO = [1, 1, 0, 0, None], [30, None, 0, 0, 30], [0, 0, 20, None, 20]
ONE, TWO = [30, 20, 0, 0], [20, None, 20, None]


def _values(expression: str, reading: Reading, **recorded: Recorded) -> list[float | None]:
    series = evaluated(expression, recorded, reading)
    assert isinstance(series, dict)
    [periods] = {len(each) for each in recorded.values()}
    return [series.get(at) for at in range(periods)]


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("one < two", [0, 0, 1, 0]),
        ("one >= 30", [1, 0, 0, 0]),
        ("one / one", [1, 1, None, None]),  # a division by zero is dropped
        ("one + 1", [31, 21, 1, 1]),
        ("one - MAX(one)", [0, -10, -30, -30]),
        ("one - AVG(one)", [17.5, 7.5, -12.5, -12.5]),
        ("FILL(two, 5)", [20, 5, 20, 5]),
        ("EPOCH(two) == MAX(EPOCH(two))", [0, 0, 0, 1]),
    ],
)
def test_series_are_worked_on_as_the_page_shows(
    expression: str, values: list[float | None], reading: Reading
) -> None:
    assert _values(expression, reading, one=ONE, two=TWO) == values


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("IF(condition, yes, no)", [30, 0, 20, None, None]),
        ("IF(condition, 5, no)", [5, 5, 20, None, None]),
        ("IF(condition, yes, 5)", [30, 0, 5, 5, None]),
    ],
)
def test_branches_are_taken_as_the_page_shows(
    expression: str, values: list[float | None], reading: Reading
) -> None:
    assert _values(expression, reading, condition=CONDITION, yes=YES, no=NO) == values


@pytest.mark.parametrize("reading", READINGS)
def test_metric_that_never_existed_is_filled_where_another_has_values(reading: Reading) -> None:
    filled = _values("FILL(never, 0)", reading, never=[None] * 3, other=[None, 7, 8])
    assert filled == [0 if reading.fills_silence else None, 0, 0]
    nothing = _values("FILL(never, 0)", reading, never=[None] * 3)
    assert nothing == [0 if reading.fills_silence else None] * 3


def test_missing_value_in_a_sum_is_what_the_readings_differ_in() -> None:
    sums = {
        reading.missing_is_zero: _values("one + two", reading, one=ONE, two=TWO)
        for reading in READINGS
    }
    assert sums == {True: [50, 20, 20, 0], False: [50, None, 20, None]}


def test_expression_on_which_the_readings_differ_is_not_taken_for_an_answer() -> None:
    alarm = _alarm() | {"Metrics": [{"Id": "sum", "Expression": "one + two"}], "Threshold": 10}
    with pytest.raises(AssertionError, match="Reading"):
        is_raised(alarm, {"one": [20], "two": [None]})


@pytest.mark.parametrize(
    ("missing", "was_raised", "raised"),
    [
        ("breaching", False, True),
        ("notBreaching", True, False),
        ("ignore", False, False),
        ("ignore", True, True),
    ],
)
def test_missing_data_raises_an_alarm_as_it_says(
    missing: str, was_raised: bool, raised: bool
) -> None:
    alarm = _alarm() | {"TreatMissingData": missing}
    assert is_raised(alarm, {ONLY: [1, None]}, was_raised=was_raised) is raised


@pytest.mark.parametrize(
    ("values", "raised"),
    [([5, 5, 5], True), ([0, 5, 5], True), ([5, 0, 5], False), ([5, 5, 0], False)],
)
def test_every_one_of_the_last_periods_must_breach(values: Recorded, raised: bool) -> None:
    assert is_raised(_alarm() | {"EvaluationPeriods": 2}, {ONLY: values}) is raised


def _alarm() -> dict[str, Any]:
    return {
        "EvaluationPeriods": 1,
        "Threshold": 3,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
