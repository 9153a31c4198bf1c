"""Alarms watch metrics of the registry, and the functions send them with the same dimensions."""

import json
from collections.abc import Iterator

import pytest

from freshet.metric_kinds import Metric
from freshet.observability import metrics
from tests.functional.world import World, a_world
from tests.metric_registry import REGISTRY, alarms_by_name, names_of
from tests.template.reading import Node, Template
from tests.template.test_alarms import alarms_of, stats_of
from tests.template.test_watching import ON_AWS, metrics_of_filters

Sent = tuple[str, frozenset[tuple[str, str]], str, str]

OURS = {"Fn::Sub": "Freshet/${AWS::StackName}"}
DEPLOYED = "Freshet/freshet-prod"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch) as built:
        yield built


class Deployment:
    """Lets the functions, which share this process, speak as each does when deployed."""

    def __init__(self, template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
        self._template = template
        self._monkeypatch = monkeypatch

    def be(self, function: str) -> None:
        """Take the environment of one function, as Powertools reads it when it starts."""
        environment = self._template.environment(function)
        assert environment["POWERTOOLS_METRICS_NAMESPACE"] == OURS
        names = {
            "service": environment["POWERTOOLS_SERVICE_NAME"],
            "namespace": DEPLOYED,
        }
        for name, value in names.items():
            self._monkeypatch.setattr(metrics.provider, name, value)


def _sent(output: str) -> set[Sent]:
    """What CloudWatch makes of the lines of a log: every metric once for each set of dimensions."""
    found: set[Sent] = set()
    for line in output.splitlines():
        document = json.loads(line) if line.startswith('{"_aws"') else {"_aws": {}}
        for part in document["_aws"].get("CloudWatchMetrics", ()):
            for names in part["Dimensions"]:
                dimensions = frozenset((name, document[name]) for name in names)
                found.update(
                    (part["Namespace"], dimensions, each["Name"], each["Unit"])
                    for each in part["Metrics"]
                )
    return found


def _metrics_of(alarm: Node) -> list[Node]:
    """List what an alarm watches, be it a metric or an expression."""
    if "Metrics" not in alarm:
        return [alarm]
    return [stat["Metric"] for stat in stats_of(alarm).values()]


def _watched(template: Template) -> Iterator[tuple[str, Node]]:
    """Pair each alarm with each metric of our functions that it watches."""
    for name, alarm in alarms_of(template).items():
        for each in _metrics_of(alarm):
            if each["Namespace"] == OURS and "Dimensions" in each:
                yield name, each


def _dimensions(metric: Node) -> frozenset[tuple[str, str]]:
    return frozenset((each["Name"], each["Value"]) for each in metric["Dimensions"])


def test_every_metric_of_an_alarm_is_sent_when_the_functions_do_their_work(
    template: Template,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed = Deployment(template, monkeypatch)
    _have_quiet_hours(world, deployed)
    _have_trouble(world, deployed)
    watched = {
        (DEPLOYED, _dimensions(each), each["MetricName"], _registered(each["MetricName"]).unit)
        for _, each in _watched(template)
    }
    assert watched
    assert watched - _sent(capsys.readouterr().out) == set()


def _have_quiet_hours(world: World, deployed: Deployment) -> None:
    """Read at both providers, hear webhooks, take the planner's turn."""
    _, connection = world.link(portfolio=["everyday", "misstated"])
    _, item = world.link_item(portfolio=["everyday", "unlisted_coins"])
    deployed.be("TakeSnapshotsFunction")
    world.work()
    world.simulator.control.send_webhook(connection.connection_id, "CONNECTION_UPDATED")
    world.plaid.control.send_webhook(item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    deployed.be("ReceiveWebhookFunction")
    assert world.deliver(world.webhooks("CONNECTION_UPDATED", 1)[0]) == 200
    assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == 200
    assert world.deliver_raw(b"{}", {"Signature": "AAAA"}) == 401
    deployed.be("PlanRefreshesFunction")
    world.plan()


def _have_trouble(world: World, deployed: Deployment) -> None:
    """Let many links break at once, then both providers, for five users each."""
    deployed.be("TakeSnapshotsFunction")
    users = [f"user-{number}" for number in range(5)]
    for user in users:  # so many at once look like an outage
        _, broken = world.link(user_id=user, portfolio=["everyday"])
        world.simulator.control.disable(broken.connection_id, announce=False)
    world.work()
    wells = [world.link(user_id=user, portfolio=["everyday"])[0] for user in users]
    items = [world.link_item(user_id=user)[0] for user in users]
    world.work()
    world.simulator.control.add_fault("refresh", "status", status=500, times=0)
    world.plaid.control.add_fault("investments_refresh", "drop", times=99)
    deployed.be("ApiFunction")
    for user, connection_id in (*zip(users, wells, strict=True), *zip(users, items, strict=True)):
        world.call("POST", f"/v1/connections/{connection_id}/refresh", user_id=user)
    deployed.be("RefreshConnectionFunction")
    world.work()
    for user in users:
        world.link_item(user_id=user)
    for operation in ("item_get", "investments_holdings_get"):
        world.plaid.control.add_fault(operation, "drop", times=99)
    deployed.be("TakeSnapshotsFunction")
    world.work()


def test_alarm_watches_metrics_of_the_registry_or_of_our_queues(template: Template) -> None:
    for name, alarm in alarms_of(template).items():
        for each in _metrics_of(alarm):
            if each["Namespace"] != OURS:
                _, known = ON_AWS[each["Namespace"]]
                assert each["MetricName"] in known, name
            elif "Dimensions" in each:
                [(dimension, sender)] = _dimensions(each)
                assert dimension == "service", name
                assert sender in _registered(each["MetricName"]).sent_by, name
            else:
                assert each["MetricName"] in metrics_of_filters(template), name


def test_metric_of_a_filter_is_in_the_stacks_own_namespace(template: Template) -> None:
    filters = template.of_type("AWS::Logs::MetricFilter").values()
    assert filters
    for transformation in (each for found in filters for each in found["MetricTransformations"]):
        assert transformation["MetricNamespace"] == OURS
        assert "Dimensions" not in transformation  # each of their values would be paid for


def test_two_stacks_of_one_account_do_not_add_up(template: Template) -> None:
    namespaces = {
        each["Namespace"]["Fn::Sub"]
        for alarm in alarms_of(template).values()
        for each in _metrics_of(alarm)
        if isinstance(each["Namespace"], dict)
    }
    assert namespaces == {OURS["Fn::Sub"]}
    assert (
        template.globals["Function"]["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"]
        == OURS
    )


def test_registry_names_the_alarms_that_watch_each_metric(template: Template) -> None:
    watching = {(each["MetricName"], name.lower()) for name, each in _watched(template)}
    assert watching == {pair for metric in REGISTRY.values() for pair in alarms_by_name(metric)}


def _registered(name: str) -> Metric:
    """Find the entry of a metric's name."""
    found = [metric for metric in REGISTRY.values() if name in names_of(metric)]
    assert found, f"{name} is not a metric of the registry"
    return found[0]
