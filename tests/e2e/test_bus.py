"""Events on the deployed bus reach a rule of the company's own."""

import json
from typing import Any

from tests.e2e.waiting import eventually
from tests.sandbox.deployed import Deployed


def test_a_rule_receives_what_happened(running: Deployed) -> None:
    queue_url = _listen(running)
    connection_id = running.link("rosa", portfolio=["everyday"])
    heard: list[dict[str, Any]] = []

    def hear() -> list[dict[str, Any]]:
        answer = running.stack.client("sqs").receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10
        )
        heard.extend(json.loads(message["Body"]) for message in answer.get("Messages", []))
        return [each for each in heard if each["detail"]["connection_id"] == connection_id]

    (event,) = eventually(hear, until=bool)
    assert event["detail-type"] == "HoldingsChanged"
    (account,) = running.api("rosa").items(f"/v1/connections/{connection_id}/accounts")
    assert event["detail"]["account_id"] == account["id"]


def _listen(running: Deployed) -> str:
    sqs, events = running.stack.client("sqs"), running.stack.client("events")
    queue_url = str(sqs.create_queue(QueueName="company")["QueueUrl"])
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    bus = running.stack.outputs["EventBusName"]
    pattern = json.dumps({"source": ["freshet"], "detail-type": ["HoldingsChanged"]})
    events.put_rule(Name="company", EventBusName=bus, EventPattern=pattern)
    target = {"Id": "queue", "Arn": attributes["Attributes"]["QueueArn"]}
    events.put_targets(Rule="company", EventBusName=bus, Targets=[target])
    return queue_url
