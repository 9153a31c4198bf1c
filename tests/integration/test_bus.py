"""The bus: every kind arrives, with ids only, or the publisher hears that it did not."""

import json
from datetime import timedelta
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from freshet.adapters.bus import EventBridgeBus
from freshet.domain.errors import QueueUnavailable
from freshet.domain.events import EventKind
from tests.builders import CONNECTION_ID, NOON, USER, an_announcement
from tests.clients import Events

IDS = {"user_id": USER, "connection_id": CONNECTION_ID}
DETAILS = {
    EventKind.HOLDINGS_CHANGED: IDS | {"account_id": "subject-1"},
    EventKind.REFRESH_FINISHED: IDS | {"refresh_id": "subject-1"},
    EventKind.CONNECTION_NEEDS_USER: IDS,
    EventKind.CONNECTION_RECOVERED: IDS,
}


class RecordingEvents:
    """Takes what is published; fails as it is told to."""

    def __init__(self, failed: int = 0, error: Exception | None = None) -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self._failed = failed
        self._error = error

    def as_client(self) -> Events:
        return cast("Events", self)  # the one request of it that is made

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, int]:
        if self._error is not None:
            raise self._error
        self.batches.append(Entries)
        return {"FailedEntryCount": self._failed}


@pytest.fixture
def queue_url(aws: None) -> str:
    """A queue behind a rule of the bus `freshet`, for events of ours."""
    sqs, events = boto3.client("sqs"), boto3.client("events")
    url = sqs.create_queue(QueueName="company")["QueueUrl"]
    named = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    events.create_event_bus(Name="freshet")
    pattern = json.dumps({"source": ["freshet"]})
    events.put_rule(Name="all", EventBusName="freshet", EventPattern=pattern, State="ENABLED")
    target: Any = {"Id": "company", "Arn": named["QueueArn"]}
    events.put_targets(Rule="all", EventBusName="freshet", Targets=[target])
    return str(url)


def _received(queue_url: str) -> list[dict[str, Any]]:
    answer = boto3.client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_every_kind_arrives_with_ids_only_when_published(queue_url: str) -> None:
    events = [an_announcement(kind=kind, subject_id="subject-1") for kind in EventKind]
    EventBridgeBus(boto3.client("events"), "freshet").publish(events)
    received = {each["detail-type"]: each for each in _received(queue_url)}
    assert {kind: each["detail"] for kind, each in received.items()} == {
        str(kind): ids | {"occurred_at": "2026-11-20T12:00:00.000000Z"}
        for kind, ids in DETAILS.items()
    }
    assert {each["source"] for each in received.values()} == {"freshet"}


def test_event_bears_the_time_it_happened_at_when_published_late() -> None:
    client = RecordingEvents()
    late = an_announcement(occurred_at=NOON - timedelta(hours=1))
    EventBridgeBus(client.as_client(), "freshet").publish([late])
    assert [entry["Time"] for entry in client.batches[0]] == [late.occurred_at]


def test_tens_are_published_when_there_are_many() -> None:
    client = RecordingEvents()
    EventBridgeBus(client.as_client(), "freshet").publish([an_announcement()] * 23)
    assert [len(batch) for batch in client.batches] == [10, 10, 3]


def test_nothing_is_asked_of_the_bus_when_there_is_nothing_to_tell() -> None:
    client = RecordingEvents()
    EventBridgeBus(client.as_client(), "freshet").publish([])
    assert client.batches == []


@pytest.mark.parametrize(
    "client",
    [
        RecordingEvents(failed=1),
        RecordingEvents(error=ClientError({"Error": {"Code": "InternalException"}}, "PutEvents")),
        RecordingEvents(error=EndpointConnectionError(endpoint_url="http://bus.example")),
    ],
    ids=["in part", "refused", "unreachable"],
)
def test_bus_is_unavailable_when_it_does_not_take_everything(client: RecordingEvents) -> None:
    with pytest.raises(QueueUnavailable):
        EventBridgeBus(client.as_client(), "freshet").publish([an_announcement()])


def test_publisher_hears_of_it_when_there_is_no_such_bus(aws: None) -> None:
    with pytest.raises(QueueUnavailable):
        EventBridgeBus(boto3.client("events"), "missing").publish([an_announcement()])
