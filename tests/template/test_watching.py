"""The dashboard and the saved queries: they ask for what there is."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.metric_registry import REGISTRY, names_of
from tests.template.reading import Node, Template

NAMESPACE = "Freshet/freshet-prod"
STACK = {"AWS::StackName": "freshet-prod", "AWS::Region": "eu-central-1"}
# What AWS sends by itself, with the dimension that names a resource of ours.
ON_AWS = {
    "AWS/SQS": (
        "QueueName",
        {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"},
    ),
    "AWS/Lambda": ("FunctionName", {"Errors", "Throttles"}),
    "AWS/ApiGateway": ("ApiId", {"Count", "4xx", "5xx"}),
}
FREE_METRICS = 50  # a dashboard with more is not among the account's three free ones
TITLES = (
    "Freshness",
    "Budget",
    "Webhooks",
    "Reads",
    "Queues",
    "Functions: errors",
    "Functions: throttles",
)


def metrics_of_filters(template: Template) -> set[str]:
    """The names of metrics that are counted in a log."""
    return {
        each["MetricName"]
        for found in template.of_type("AWS::Logs::MetricFilter").values()
        for each in found["MetricTransformations"]
    }


def dashboard_of(template: Template) -> dict[str, Any]:
    """The body as CloudWatch is given it, with each resource called by its logical id."""
    [dashboard] = template.of_type("AWS::CloudWatch::Dashboard").values()
    text = dashboard["DashboardBody"]["Fn::Sub"]

    def value(found: re.Match[str]) -> str:
        name, _, attribute = found[1].partition(".")
        if name in STACK:
            return STACK[name]
        assert "Condition" not in template.resources[name], f"{name} may not be there"
        assert attribute in ("", "QueueName"), attribute
        return name

    body: dict[str, Any] = json.loads(re.sub(r"\$\{([^}]+)\}", value, text))
    return body


def _shown(template: Template) -> Iterator[tuple[str, list[Any]]]:
    for widget in dashboard_of(template)["widgets"]:
        for metric in widget["properties"]["metrics"]:
            yield widget["properties"]["title"], metric


def test_dashboard_has_a_name_that_no_other_stack_takes(template: Template) -> None:
    """Dashboards of all regions share their names, stacks those of one."""
    [dashboard] = template.of_type("AWS::CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}


def test_dashboard_shows_what_operators_look_for(template: Template) -> None:
    titles = [each["properties"]["title"] for each in dashboard_of(template)["widgets"]]
    for words in TITLES:
        assert any(each.startswith(words) for each in titles), words
    assert len(set(titles)) == len(titles)


def test_widgets_lie_side_by_side_and_are_drawn_for_the_stacks_own_region(
    template: Template,
) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in dashboard_of(template)["widgets"]:
        assert (widget["type"], widget["properties"]["region"]) == ("metric", STACK["AWS::Region"])
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        assert all(x < 24 for x, _ in cells)
        taken |= cells


def test_every_metric_of_the_dashboard_exists(template: Template) -> None:
    registered = {name: metric for metric in REGISTRY.values() for name in names_of(metric)}
    for title, metric in _shown(template):
        parts = [each for each in metric if not isinstance(each, dict)]
        if parts[0] == NAMESPACE:
            [name, *dimensions] = parts[1:]
            if dimensions:
                [key, sender] = dimensions
                assert key == "service", title
                assert not registered[name].sent_by or sender in registered[name].sent_by, name
            else:
                assert name in metrics_of_filters(template), name
            continue
        [namespace, name, key, resource] = parts
        dimension, names = ON_AWS[namespace]
        assert (key, name in names) == (dimension, True), (title, name)
        assert resource in template.resources, (title, resource)


def test_dashboard_leaves_no_queue_and_no_function_out(template: Template) -> None:
    shown = {(metric[1], metric[3]) for _, metric in _shown(template) if len(metric) > 3}
    for function in template.functions:
        assert {("Errors", function), ("Throttles", function)} <= shown, function
    for queue in template.queues:
        assert ("ApproximateAgeOfOldestMessage", queue) in shown, queue
    for queue in template.dead_letter_queues:
        assert ("ApproximateNumberOfMessagesVisible", queue) in shown, queue


def test_dashboard_is_small_enough_to_be_free(template: Template) -> None:
    assert len(list(_shown(template))) <= FREE_METRICS


def test_queries_are_saved_under_the_name_of_the_stack(template: Template) -> None:
    queries = template.of_type("AWS::Logs::QueryDefinition")
    assert {each["Name"]["Fn::Sub"] for each in queries.values()} == {
        f"${{AWS::StackName}}/{name}" for name in ("connection", "refresh", "webhook", "requests")
    }
    for name, query in queries.items():
        groups = [each["Ref"] for each in query["LogGroupNames"]]
        assert all(template.resources[each]["Type"] == "AWS::Logs::LogGroup" for each in groups)
        assert len(set(groups)) == len(groups), name


@pytest.mark.parametrize(
    ("query", "groups"),
    [
        (
            "ConnectionQuery",
            {"HttpApi", "Api", "Operate", "ProcessWebhook", "RefreshConnection", "TakeSnapshots"},
        ),
        ("RefreshQuery", {"HttpApi", "Api", "Operate", "RefreshConnection", "TakeSnapshots"}),
        ("WebhookQuery", {"ReceiveWebhook", "ProcessWebhook", "TakeSnapshots"}),
        ("RequestsQuery", {"HttpApi"}),
    ],
)
def test_query_searches_the_logs_that_can_know(
    template: Template, query: str, groups: set[str]
) -> None:
    searched: list[Node] = template.of_type("AWS::Logs::QueryDefinition")[query]["LogGroupNames"]
    assert {each["Ref"] for each in searched} == {f"{name}LogGroup" for name in groups}
