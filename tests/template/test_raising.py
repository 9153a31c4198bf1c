"""What it takes to raise each alarm, over recorded series: quiet, at the limit, above, missing."""

import pytest

from tests.template.metric_math import ONLY, Recorded, is_raised
from tests.template.reading import Node, Template
from tests.template.test_alarms import alarms_of, stats_of

MINUTE, HOUR = 60, 3600
NEVER = None  # in all periods: the metric never existed
FUNCTIONS = ("api", "receiver", "processor", "planner", "buyer", "reader", "operator")

type Sums = dict[str, int | None]


def _of_each(rest: int | None, **some: int) -> Sums:
    """A value for every function, others for some."""
    values: Sums = dict.fromkeys(FUNCTIONS, rest)
    values.update(some)
    return values


# By alarm: the period, and for the last value of each metric whether that raises it.
SUMS: dict[str, tuple[int, list[tuple[Sums, bool]]]] = {
    "WebhookRejectionAlarm": (
        15 * MINUTE,
        [
            ({"refused": NEVER, "received": NEVER}, False),
            ({"refused": NEVER, "received": 5000}, False),
            ({"refused": 19, "received": NEVER}, False),
            ({"refused": 20, "received": NEVER}, True),
            ({"refused": 1, "received": 18}, False),
            ({"refused": 1, "received": 19}, False),  # exactly 5 %
            ({"refused": 2, "received": 18}, True),
            ({"refused": 50, "received": 950}, False),
            ({"refused": 51, "received": 950}, True),
        ],
    ),
    **dict.fromkeys(
        ("SnapTradeSilenceAlarm", "PlaidSilenceAlarm"),
        (
            26 * HOUR,
            [
                ({"reads": NEVER, "received": NEVER}, False),
                ({"reads": NEVER, "received": 3}, False),
                ({"reads": 10, "received": NEVER}, False),
                ({"reads": 11, "received": NEVER}, True),
                ({"reads": 11, "received": 1}, False),
                ({"reads": 50_000, "received": NEVER}, True),
                ({"reads": 50_000, "received": 1}, False),
            ],
        ),
    ),
    "RefreshAnswerLostAlarm": (
        HOUR,
        [
            ({"asked": NEVER, "queued": NEVER}, False),
            ({"asked": 2, "queued": NEVER}, False),
            ({"asked": NEVER, "queued": 3}, True),
            ({"asked": 1, "queued": 1}, False),
            ({"asked": 2, "queued": 1}, True),
        ],
    ),
    "ReadFailureAlarm": (
        HOUR,
        [
            ({"failed": NEVER, "snaptrade": NEVER, "plaid": NEVER}, False),
            ({"failed": NEVER, "snaptrade": 500, "plaid": 500}, False),
            ({"failed": 19, "snaptrade": 19, "plaid": NEVER}, False),  # too few to tell
            ({"failed": 4, "snaptrade": 20, "plaid": NEVER}, False),  # exactly 20 %
            ({"failed": 5, "snaptrade": 20, "plaid": NEVER}, True),
            ({"failed": 5, "snaptrade": NEVER, "plaid": 20}, True),
            ({"failed": 5, "snaptrade": 10, "plaid": 10}, True),
            ({"failed": 200, "snaptrade": 500, "plaid": 500}, False),
            ({"failed": 201, "snaptrade": 500, "plaid": 500}, True),
        ],
    ),
    "CircuitOpenAlarm": (
        5 * MINUTE,
        [
            ({"asked": NEVER, "purchases": NEVER, "reads": NEVER}, False),
            ({"asked": 0, "purchases": 0, "reads": 0}, False),
            ({"asked": 1, "purchases": NEVER, "reads": NEVER}, True),
            ({"asked": NEVER, "purchases": 1, "reads": NEVER}, True),
            ({"asked": NEVER, "purchases": NEVER, "reads": 1}, True),
        ],
    ),
    "FunctionErrorAlarm": (
        5 * MINUTE,
        [
            (_of_each(NEVER), False),
            (_of_each(0), False),
            (_of_each(NEVER, planner=2), False),
            *((_of_each(NEVER, **{name: 3}), True) for name in FUNCTIONS),
            (_of_each(0, api=1, receiver=1, reader=1), True),
        ],
    ),
    "FunctionThrottleAlarm": (
        5 * MINUTE,
        [
            (_of_each(NEVER), False),
            (_of_each(0, reader=9), False),
            *((_of_each(NEVER, **{name: 10}), True) for name in FUNCTIONS),
            (_of_each(2), True),
        ],
    ),
    "ApiFailureAlarm": (
        5 * MINUTE,
        [
            ({"failed": NEVER, "requests": NEVER}, False),
            ({"failed": 0, "requests": 900}, False),
            ({"failed": 4, "requests": 4}, False),
            ({"failed": 5, "requests": 5}, True),
            ({"failed": 5, "requests": 500}, False),  # exactly 1 %
            ({"failed": 6, "requests": 500}, True),
        ],
    ),
}
CASES = [(name, values, raised) for name, (_, rows) in SUMS.items() for values, raised in rows]

# By alarm without an expression: its metric, statistic and period, and series that (do not) raise.
SINGLE: dict[str, tuple[str, str, int, list[Recorded], list[Recorded]]] = {
    "PlannerSilenceAlarm": (
        "PlannerTurnFinished",
        "Sum",
        MINUTE,
        [[1] * 10, [*[None] * 9, 1], [1, *[None] * 9], [None, 2, *[None] * 8]],
        [[None] * 10, [1, *[None] * 10]],
    ),
    "OverdueAlarm": (
        "OldestOverdueSeconds",
        "Maximum",
        5 * MINUTE,
        [[0, 60, 0], [3600] * 3, [9000, 9000, 3600], [None, 9000, 9000], [None] * 3],
        [[3601] * 3, [0, 4000, 5000, 6000]],
    ),
    "BudgetNearlySpentAlarm": (
        "BudgetSpentPercent",
        "Maximum",
        5 * MINUTE,
        [[0], [79.99], [100, 0.05], [None]],
        [[80], [79, 80], [100], [130]],
    ),
    "BudgetSpentAlarm": (
        "BudgetSpentPercent",
        "Maximum",
        5 * MINUTE,
        [[0], [80], [99.99], [None]],
        [[100], [130]],
    ),
    "RequestThrottledAlarm": (
        "RequestThrottled",
        "Sum",
        5 * MINUTE,
        [[None], [9], [50, 9]],
        [[10], [None, 11]],
    ),
    "VerdictHeldAlarm": ("VerdictHeld", "Sum", 5 * MINUTE, [[None], [5, None]], [[1], [40]]),
}
ON_QUEUES_OR_ELSEWHERE = ("DeadLetterAlarm", "AgeAlarm", "TotalsDifferAlarm")


def test_every_alarm_has_its_series(template: Template) -> None:
    tried = SUMS.keys() | SINGLE.keys()
    rest = {each for each in alarms_of(template) if each.endswith(ON_QUEUES_OR_ELSEWHERE)}
    assert tried | rest == set(alarms_of(template))


@pytest.mark.parametrize(("name", "values", "raised"), CASES)
def test_alarm_on_an_expression_is_raised_by_the_last_period(
    template: Template, name: str, values: Sums, raised: bool
) -> None:
    alarm = alarms_of(template)[name]
    assert {each["Period"] for each in stats_of(alarm).values()} == {SUMS[name][0]}
    assert values.keys() == stats_of(alarm).keys()
    assert is_raised(alarm, {metric: [value] for metric, value in values.items()}) is raised
    # What was before does not count, whatever it was.
    before = {metric: [7_000, value] for metric, value in values.items()}
    if NEVER not in values.values():
        assert is_raised(alarm, before) is raised


@pytest.mark.parametrize("name", SINGLE)
def test_alarm_on_a_metric_is_raised_by_the_periods_it_looks_at(
    template: Template, name: str
) -> None:
    alarm = alarms_of(template)[name]
    metric, statistic, period, quiet, loud = SINGLE[name]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == (metric, statistic, period)
    assert [each for each in quiet if _is_raised(alarm, each)] == []
    assert [each for each in loud if not _is_raised(alarm, each)] == []


@pytest.mark.parametrize("name", ["OverdueAlarm", "BudgetNearlySpentAlarm", "BudgetSpentAlarm"])
def test_what_the_planner_said_last_holds_while_it_is_silent(template: Template, name: str) -> None:
    alarm = alarms_of(template)[name]
    silence: dict[str, Recorded] = {ONLY: [None] * 3}
    assert is_raised(alarm, silence, was_raised=True)
    assert not is_raised(alarm, silence, was_raised=False)


def _is_raised(alarm: Node, values: Recorded) -> bool:
    return is_raised(alarm, {ONLY: values})
