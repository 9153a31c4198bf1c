"""Alarms watch metrics that the functions really send: same namespace, dimensions and names."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from freshet.observability import metrics
from tests.functional.world import World, a_world
from tests.template.reading import Template
from tests.template.test_alarms import alarms_of, stats_of

Metric = tuple[str, frozenset[tuple[str, str]], str, str]


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
        names = {
            "service": environment["POWERTOOLS_SERVICE_NAME"],
            "namespace": environment["POWERTOOLS_METRICS_NAMESPACE"],
        }
        for name, value in names.items():
            self._monkeypatch.setattr(metrics.provider, name, value)


def _sent(output: str) -> set[Metric]:
    """What CloudWatch makes of the lines of a log: every metric once for each set of dimensions."""
    found: set[Metric] = set()
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


def _watched(template: Template) -> set[Metric]:
    stats = [
        stat["Metric"]
        for alarm in alarms_of(template).values()
        if "Metrics" in alarm
        for stat in stats_of(alarm).values()
    ]
    return {(each["Namespace"], _dimensions(each), each["MetricName"], "Count") for each in stats}


def _dimensions(metric: dict[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((each["Name"], each["Value"]) for each in metric["Dimensions"])


def test_every_metric_of_an_expression_is_sent_when_the_functions_do_their_work(
    template: Template,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed = Deployment(template, monkeypatch)
    _, connection = world.link(portfolio=["everyday"])
    _, item = world.link_item(portfolio=["everyday"])
    deployed.be("TakeSnapshotsFunction")
    world.work()
    world.simulator.control.send_webhook(connection.connection_id, "CONNECTION_UPDATED")
    world.plaid.control.send_webhook(item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    deployed.be("ReceiveWebhookFunction")
    assert world.deliver(world.webhooks("CONNECTION_UPDATED", 1)[0]) == 200
    assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == 200
    assert world.deliver_raw(b"{}", {"Signature": "AAAA"}) == 401
    watched = _watched(template)
    assert len(watched) == 6
    assert watched <= _sent(capsys.readouterr().out)
