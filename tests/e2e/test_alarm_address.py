"""An address given to the deployed stack: its topic and the alarms; the dashboard beside them."""

import json
from typing import Any

from tests.local_stack.deployed import Deployed
from tests.template.reading import Template

ADDRESS = "on-call@example.com"


def _alarms(running: Deployed) -> list[dict[str, Any]]:
    client = running.stack.client("cloudwatch")
    pages = client.get_paginator("describe_alarms").paginate()
    return [each for page in pages for each in page["MetricAlarms"]]


def test_address_is_told_of_every_alarm_until_it_is_taken_away(running: Deployed) -> None:
    sns = running.stack.client("sns")
    assert sns.list_topics().get("Topics", []) == []
    running.change(AlarmEmail=ADDRESS)
    [topic] = [each["TopicArn"] for each in sns.list_topics()["Topics"]]
    [subscription] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", ADDRESS)
    told = _alarms(running)
    assert told
    assert all(each["AlarmActions"] == each["OKActions"] == [topic] for each in told)
    running.change(AlarmEmail="")
    assert sns.list_topics().get("Topics", []) == []
    assert not any(each.get("AlarmActions") or each.get("OKActions") for each in _alarms(running))


def test_dashboard_is_there_with_its_widgets(running: Deployed) -> None:
    client = running.stack.client("cloudwatch")
    [name] = [each["DashboardName"] for each in client.list_dashboards()["DashboardEntries"]]
    body = json.loads(client.get_dashboard(DashboardName=name)["DashboardBody"])
    text = json.dumps(body)
    assert "${" not in text
    assert running.stack.outputs["PlanRefreshesFunctionName"] in text
    written = Template.read().of_type("AWS::CloudWatch::Dashboard")["Dashboard"]
    assert text.count('"type"') == written["DashboardBody"]["Fn::Sub"].count('"type"')
