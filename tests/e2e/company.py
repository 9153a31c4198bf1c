"""A company's own system that listens on the bus."""

import json
from typing import Any

from tests.local_stack.deployed import Deployed
from tests.patience import eventually


class Company:
    """Hears events of some kinds in a queue of its own."""

    def __init__(self, running: Deployed, name: str, *kinds: str) -> None:
        self._sqs, events = running.stack.client("sqs"), running.stack.client("events")
        self._queue_url = str(self._sqs.create_queue(QueueName=name)["QueueUrl"])
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._queue_url, AttributeNames=["QueueArn"]
        )
        bus = running.stack.outputs["EventBusName"]
        pattern = json.dumps({"source": ["freshet"], "detail-type": list(kinds)})
        events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
        target = {"Id": "queue", "Arn": attributes["Attributes"]["QueueArn"]}
        events.put_targets(Rule=name, EventBusName=bus, Targets=[target])
        self._heard: list[dict[str, Any]] = []

    def told_of(self, connection_id: str, *, count: int = 1) -> list[dict[str, Any]]:
        """Wait for events of a connection, and give them in the order they came."""
        return eventually(
            lambda: self._about(connection_id), until=lambda found: len(found) >= count
        )

    def _about(self, connection_id: str) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(QueueUrl=self._queue_url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            self._heard.append(json.loads(message["Body"]))
            self._sqs.delete_message(
                QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
        return [each for each in self._heard if each["detail"]["connection_id"] == connection_id]
