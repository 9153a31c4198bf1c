"""What is watched, how far each alarm looks back, and who is told."""

import pytest

from tests.metric_registry import REGISTRY, alarms_by_name
from tests.template.metric_math import ONLY, is_raised
from tests.template.reading import Node, Template

DEAD_LETTERS = {
    "WebhookDeadLetterAlarm": "WebhookDeadLetterQueue",
    "PlanRefreshesDeadLetterAlarm": "PlanRefreshesDeadLetterQueue",
    "RefreshDeadLetterAlarm": "RefreshDeadLetterQueue",
    "SnapshotDeadLetterAlarm": "SnapshotDeadLetterQueue",
    "AuditDeadLetterAlarm": "AuditDeadLetterQueue",
}
AGES = {
    "WebhookAgeAlarm": "WebhookQueue",
    "RefreshAgeAlarm": "RefreshQueue",
    "SnapshotAgeAlarm": "SnapshotQueue",
}
ON_AWS = {"FunctionErrorAlarm", "FunctionThrottleAlarm", "ApiFailureAlarm"}
ON_THE_ACCESS_LOG = {"RequestThrottledAlarm"}
PERIODS = {
    "SnapTradeTotalsDifferAlarm": 7,
    "PlaidTotalsDifferAlarm": 7,
    "PlannerSilenceAlarm": 10,
    "OverdueAlarm": 3,
}
# The planner's silence is an alarm of its own; what it last said about the others holds until then.
MISSING_DATA = {
    "PlannerSilenceAlarm": "breaching",
    "OverdueAlarm": "ignore",
    "BudgetNearlySpentAlarm": "ignore",
    "BudgetSpentAlarm": "ignore",
}
TOPICS: list[tuple[dict[str, str], list[Node] | None]] = [
    ({}, None),
    ({"AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:on-call"}, [{"Ref": "AlarmTopicArn"}]),
    ({"AlarmEmail": "on-call@example.com"}, [{"Ref": "AlarmTopic"}]),
]
FIFTEEN_MINUTES = 15 * 60
HOUR, DAY, WEEK = 3600, 86400, 604800


def alarms_of(template: Template) -> dict[str, Node]:
    """Every alarm's properties."""
    return template.of_type("AWS::CloudWatch::Alarm")


def stats_of(alarm: Node) -> dict[str, Node]:
    """The metrics that an expression speaks of, by their id in it."""
    return {each["Id"]: each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each}


def test_there_are_exactly_the_alarms_we_know(template: Template) -> None:
    others = {each.lower() for each in (*DEAD_LETTERS, *AGES, *ON_AWS, *ON_THE_ACCESS_LOG)}
    on_metrics = {alarm for metric in REGISTRY.values() for _, alarm in alarms_by_name(metric)}
    assert {each.lower() for each in alarms_of(template)} == others | on_metrics


@pytest.mark.parametrize(("parameters", "topic"), TOPICS)
@pytest.mark.parametrize("providers", ["snaptrade,plaid", "snaptrade", "plaid"])
def test_topic_is_told_when_an_alarm_is_raised_and_when_it_ends(
    template: Template, parameters: dict[str, str], topic: list[Node] | None, providers: str
) -> None:
    deployed = template.given(Providers=providers, **parameters)
    for name, alarm in alarms_of(deployed).items():
        assert alarm.get("AlarmActions") == topic, name
        assert alarm.get("OKActions") == topic, name
        assert alarm.get("ActionsEnabled", True) is True, name


def test_topic_is_made_for_an_address_alone_which_is_subscribed_to_it(template: Template) -> None:
    kinds = {"AWS::SNS::Topic", "AWS::SNS::Subscription"}
    for parameters, _ in TOPICS:
        deployed = template.given(**parameters)
        made = {each["Type"] for each in deployed.resources.values()} & kinds
        assert made == (kinds if "AlarmEmail" in parameters else set()), parameters
    [subscription] = template.of_type("AWS::SNS::Subscription").values()
    assert subscription == {
        "TopicArn": {"Ref": "AlarmTopic"},
        "Protocol": "email",
        "Endpoint": {"Ref": "AlarmEmail"},
    }


def test_topic_and_address_exclude_each_other(template: Template) -> None:
    callbacks = {"CallbackUrls": "https://app.example.com/back"}
    for parameters, _ in TOPICS:
        assert template.refusals(**callbacks, **parameters) == []
    both = {name: value for parameters, _ in TOPICS for name, value in parameters.items()}
    assert template.refusals(**callbacks, **both) == ["AlarmsHaveOneTopic"]


def test_alarm_says_what_it_means_and_what_to_do(template: Template) -> None:
    for name, alarm in alarms_of(template).items():
        assert len(alarm["AlarmDescription"]) >= 60, name
        assert len(alarm["AlarmDescription"]) <= 1024, name  # CloudWatch takes no more


def test_alarm_stays_quiet_without_data_unless_it_listens_for_silence(template: Template) -> None:
    alarms = alarms_of(template)
    assert {name: each["TreatMissingData"] for name, each in alarms.items()} == {
        name: MISSING_DATA.get(name, "notBreaching") for name in alarms
    }


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
        _demand_limit(alarm, quiet=0, loud=1)


def test_message_older_than_fifteen_minutes_raises_an_alarm(template: Template) -> None:
    assert set(AGES.values()) == set(template.queues)
    for name, queue in AGES.items():
        alarm = alarms_of(template)[name]
        _demand_queue_metric(alarm, queue, "ApproximateAgeOfOldestMessage")
        _demand_limit(alarm, quiet=FIFTEEN_MINUTES, loud=FIFTEEN_MINUTES + 1)


def _demand_queue_metric(alarm: Node, queue: str, metric: str) -> None:
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", metric), queue
    queue_name = {"Fn::GetAtt": [queue, "QueueName"]}
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": queue_name}]
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Maximum", 60, 1)


def _demand_limit(alarm: Node, *, quiet: int, loud: int) -> None:
    verdicts = [is_raised(alarm, {ONLY: [each]}) for each in (None, quiet, loud)]
    assert verdicts == [False, False, True]


def test_expression_alone_decides_and_sums_one_period_of_each_metric(template: Template) -> None:
    for name, alarm in alarms_of(template).items():
        assert alarm["EvaluationPeriods"] == PERIODS.get(name, 1), name
        if "Metrics" not in alarm:
            continue
        deciding = [each for each in alarm["Metrics"] if each.get("ReturnData", True)]
        assert ["Expression" in each for each in deciding] == [True], name
        assert {each["Stat"] for each in stats_of(alarm).values()} == {"Sum"}, name


def test_sums_over_functions_leave_none_out(template: Template) -> None:
    for name, metric in (("FunctionErrorAlarm", "Errors"), ("FunctionThrottleAlarm", "Throttles")):
        alarm = alarms_of(template)[name]
        watched = [each["Metric"] for each in stats_of(alarm).values()]
        assert {each["MetricName"] for each in watched} == {metric}, name
        names = {each["Dimensions"][0]["Value"]["Ref"] for each in watched}
        assert names == set(template.functions), name
        assert len(alarm["Metrics"]) <= 10, name  # CloudWatch takes no more in an alarm


def test_silence_is_listened_for_at_each_provider_that_is_configured(
    template: Template, deployment: Template
) -> None:
    silences = {"SnapTradeSilenceAlarm": "Snaptrade", "PlaidSilenceAlarm": "Plaid"}
    secrets = {"SnapTradeSecret": "Snaptrade", "PlaidSecret": "Plaid"}
    configured = {secrets[name] for name in secrets if name in deployment.resources}
    listening = {silences[name] for name in silences if name in deployment.resources}
    assert listening == configured
    for name, provider in silences.items():
        stats = stats_of(alarms_of(template)[name])
        metrics = {key: stat["Metric"]["MetricName"] for key, stat in stats.items()}
        assert metrics == {
            "received": f"{provider}WebhookReceived",
            "reads": f"{provider}ConnectionRead",
        }
