"""What is watched, how far each alarm looks back, and what it takes to raise it."""

import math
from typing import Any

import pytest

from tests.metric_registry import REGISTRY, alarms_by_name
from tests.template.reading import Node, Template

DEAD_LETTERS = {
    "WebhookDeadLetterAlarm": "WebhookDeadLetterQueue",
    "PlanRefreshesDeadLetterAlarm": "PlanRefreshesDeadLetterQueue",
    "RefreshDeadLetterAlarm": "RefreshDeadLetterQueue",
    "SnapshotDeadLetterAlarm": "SnapshotDeadLetterQueue",
}
AGES = {
    "WebhookAgeAlarm": "WebhookQueue",
    "RefreshAgeAlarm": "RefreshQueue",
    "SnapshotAgeAlarm": "SnapshotQueue",
}
DIFFERENCES = ("SnapTradeTotalsDifferAlarm", "PlaidTotalsDifferAlarm")
SILENCES = {"SnapTradeSilenceAlarm": "Snaptrade", "PlaidSilenceAlarm": "Plaid"}
FIFTEEN_MINUTES = 15 * 60
TWENTY_SIX_HOURS = 26 * 3600
HOUR, DAY, WEEK = 3600, 86400, 604800
MISSING = math.nan


def alarms_of(template: Template) -> dict[str, Node]:
    """Every alarm's properties."""
    return template.of_type("AWS::CloudWatch::Alarm")


def stats_of(alarm: Node) -> dict[str, Node]:
    """The metrics that an expression speaks of, by their id in it."""
    return {each["Id"]: each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each}


def is_raised(alarm: Node, **values: float) -> bool:
    """Work an alarm's expression out for the sums of one period; what is missing raises nothing."""
    [expression] = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
    functions = {
        "__builtins__": {},
        "FILL": lambda value, filler: filler if math.isnan(value) else value,
        "IF": lambda condition, yes, no: yes if condition else no,
    }
    result = eval(expression, functions, values)  # noqa: S307 our own template, no names but these
    match alarm["ComparisonOperator"]:
        case "GreaterThanThreshold":
            return bool(result > alarm["Threshold"])
        case "LessThanThreshold":
            return bool(result < alarm["Threshold"])
    raise AssertionError(alarm["ComparisonOperator"])


def test_there_are_exactly_the_alarms_we_know(template: Template) -> None:
    on_queues = {each.lower() for each in (*DEAD_LETTERS, *AGES)}
    on_metrics = {alarm for metric in REGISTRY.values() for _, alarm in alarms_by_name(metric)}
    assert {each.lower() for each in alarms_of(template)} == on_queues | on_metrics


def test_alarm_explains_itself_and_stays_quiet_when_there_is_no_data(template: Template) -> None:
    for name, alarm in alarms_of(template).items():
        assert alarm["AlarmDescription"], name
        assert alarm["TreatMissingData"] == "notBreaching", name


def test_alarm_looks_back_no_further_than_cloudwatch_allows(template: Template) -> None:
    """A day; a week where each period is at least an hour. Periods are whole minutes."""
    for name, alarm in alarms_of(template).items():
        periods = {alarm["Period"]} if "Period" in alarm else set()
        periods |= {each["Period"] for each in stats_of(alarm).values()} if not periods else set()
        [period] = periods
        assert period % 60 == 0, name
        limit = WEEK if period >= HOUR else DAY
        assert period * alarm["EvaluationPeriods"] <= limit, name


def test_first_dead_letter_raises_an_alarm(template: Template) -> None:
    assert set(DEAD_LETTERS.values()) == set(template.dead_letter_queues)
    for name, queue in DEAD_LETTERS.items():
        alarm = alarms_of(template)[name]
        _demand_queue_metric(alarm, queue, "ApproximateNumberOfMessagesVisible")
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (
            1,
            "GreaterThanOrEqualToThreshold",
        ), name


def test_message_older_than_fifteen_minutes_raises_an_alarm(template: Template) -> None:
    assert set(AGES.values()) == set(template.queues)
    for name, queue in AGES.items():
        alarm = alarms_of(template)[name]
        _demand_queue_metric(alarm, queue, "ApproximateAgeOfOldestMessage")
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (
            FIFTEEN_MINUTES,
            "GreaterThanThreshold",
        ), name


def _demand_queue_metric(alarm: Node, queue: str, metric: str) -> None:
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", metric), queue
    queue_name = {"Fn::GetAtt": [queue, "QueueName"]}
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": queue_name}]
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Maximum", 60, 1)


def test_expression_alone_decides_and_sums_one_period_of_each_metric(template: Template) -> None:
    for name, alarm in alarms_of(template).items():
        if "Metrics" not in alarm:
            continue
        deciding = [each for each in alarm["Metrics"] if each.get("ReturnData", True)]
        assert ["Expression" in each for each in deciding] == [True], name
        assert {each["Stat"] for each in stats_of(alarm).values()} == {"Sum"}, name
        assert alarm["EvaluationPeriods"] == (7 if name in DIFFERENCES else 1), name


@pytest.mark.parametrize(
    ("refused", "received", "raised"),
    [
        (MISSING, MISSING, False),
        (MISSING, 5000, False),
        (19, MISSING, False),
        (20, MISSING, True),
        (1, 18, False),
        (1, 19, False),  # exactly 5 %
        (2, 18, True),
        (5, 95, False),
        (6, 94, True),
        (50, 950, False),
        (51, 950, True),
    ],
)
def test_rejections_raise_an_alarm_over_five_percent_of_at_least_twenty(
    template: Template, refused: float, received: float, raised: bool
) -> None:
    alarm = alarms_of(template)["WebhookRejectionAlarm"]
    assert {each["Period"] for each in stats_of(alarm).values()} == {FIFTEEN_MINUTES}
    assert is_raised(alarm, refused=refused, received=received) is raised


@pytest.mark.parametrize(
    ("reads", "received", "raised"),
    [
        (MISSING, MISSING, False),
        (MISSING, 3, False),
        (10, MISSING, False),
        (11, MISSING, True),
        (11, 1, False),
        (50_000, MISSING, True),
        (50_000, 1, False),
    ],
)
@pytest.mark.parametrize("name", SILENCES)
def test_silence_of_a_day_raises_an_alarm_where_more_than_ten_connections_are_read(
    template: Template, name: str, reads: float, received: float, raised: bool
) -> None:
    alarm = alarms_of(template)[name]
    assert {each["Period"] for each in stats_of(alarm).values()} == {TWENTY_SIX_HOURS}
    assert is_raised(alarm, reads=reads, received=received) is raised


def test_silence_is_listened_for_at_each_provider_that_is_configured(
    template: Template, deployment: Template
) -> None:
    providers: dict[str, Any] = {"SnapTradeSecret": "Snaptrade", "PlaidSecret": "Plaid"}
    configured = {providers[name] for name in providers if name in deployment.resources}
    listening = {SILENCES[name] for name in SILENCES if name in deployment.resources}
    assert listening == configured
    for name, provider in SILENCES.items():
        stats = stats_of(alarms_of(template)[name])
        metrics = {key: stat["Metric"]["MetricName"] for key, stat in stats.items()}
        assert metrics == {
            "received": f"{provider}WebhookReceived",
            "reads": f"{provider}ConnectionRead",
        }
