"""The queues: durable or an error, delays in seconds, one group for each connection."""

import hashlib
import json
from datetime import timedelta
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from freshet.adapters.queues import SqsReadQueue, SqsRefreshQueue, SqsWebhookQueue
from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.errors import QueueUnavailable
from freshet.messages import parse_delivery, parse_read_command, parse_refresh_command
from tests.builders import CONNECTION_ID, USER, a_delivery, a_refresh_command
from tests.clients import Sqs


def _read(number: int = 0, delay: timedelta = timedelta(0)) -> ReadCommand:
    return ReadCommand(
        user_id=USER, connection_id=f"con_{number}", reason=ReadReason.DUE, delay=delay
    )


class RecordingClient:
    """Takes what is sent; refuses the entries it is told to, or fails whole."""

    def __init__(self, refuse: tuple[int, ...] = (), error: Exception | None = None) -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self._refuse = refuse
        self._error = error

    def as_client(self) -> Sqs:
        return cast("Sqs", self)  # the two requests of it that are made

    def send_message(self, **_: Any) -> None:
        if self._error is not None:
            raise self._error

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> Any:
        if self._error is not None:
            raise self._error
        self.batches.append(Entries)
        return {"Failed": [entry for entry in Entries if int(entry["Id"]) in self._refuse]}


@pytest.fixture
def queue(aws: None) -> tuple[Sqs, str]:
    client = boto3.client("sqs")
    return client, client.create_queue(QueueName="work")["QueueUrl"]


def _bodies(queue: tuple[Sqs, str]) -> list[str]:
    client, url = queue
    answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def test_webhook_is_on_the_queue_in_its_own_characters_when_it_was_sent(
    queue: tuple[Sqs, str],
) -> None:
    delivery = a_delivery(text='{ "a":"\xff\u2028" }', headers={"plaid-verification": "token"})
    SqsWebhookQueue(*queue).send(delivery)
    (body,) = _bodies(queue)
    assert parse_delivery(body) == delivery


def test_commands_come_out_as_they_went_in_when_sent(queue: tuple[Sqs, str]) -> None:
    assert SqsReadQueue(*queue).send([_read()]) == []
    assert SqsRefreshQueue(*queue).send([a_refresh_command()]) == []
    bodies = _bodies(queue)
    assert parse_read_command(bodies[0]) == _read()
    assert parse_refresh_command(bodies[1]) == a_refresh_command()


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessage"),
        EndpointConnectionError(endpoint_url="http://queue.example"),
    ],
)
def test_queue_is_unavailable_when_it_does_not_answer_well(error: Exception) -> None:
    client = RecordingClient(error=error)
    with pytest.raises(QueueUnavailable):
        SqsWebhookQueue(client.as_client(), "url").send(a_delivery())
    with pytest.raises(QueueUnavailable):
        SqsReadQueue(client.as_client(), "url").send([_read()])


def test_tens_are_sent_when_there_are_many() -> None:
    client = RecordingClient()
    assert (
        SqsReadQueue(client.as_client(), "url").send([_read(number) for number in range(23)]) == []
    )
    assert [len(batch) for batch in client.batches] == [10, 10, 3]
    assert all(len({entry["Id"] for entry in batch}) == len(batch) for batch in client.batches)


def test_nothing_is_asked_of_the_queue_when_there_are_no_commands() -> None:
    client = RecordingClient()
    assert SqsReadQueue(client.as_client(), "url").send([]) == []
    assert client.batches == []


def test_failed_entries_come_back_when_a_batch_is_taken_in_part() -> None:
    commands = [_read(number) for number in range(12)]
    lost = SqsReadQueue(RecordingClient(refuse=(1, 5)).as_client(), "url").send(commands)
    assert lost == [commands[1], commands[5], commands[11]]


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        (timedelta(seconds=-5), 0),
        (timedelta(0), 0),
        (timedelta(seconds=1.9), 1),
        (timedelta(seconds=59), 59),
        (timedelta(minutes=15), 900),
        (timedelta(hours=2), 900),
    ],
)
def test_delay_is_what_the_queue_can_do_when_it_is_asked_for(
    delay: timedelta, seconds: int
) -> None:
    client = RecordingClient()
    SqsReadQueue(client.as_client(), "url").send([_read(delay=delay)])
    assert client.batches[0][0]["DelaySeconds"] == seconds


def test_group_is_the_connections_and_names_nobody_when_sent() -> None:
    client = RecordingClient()
    SqsRefreshQueue(client.as_client(), "url").send(
        [a_refresh_command(), a_refresh_command(user_id="user-2")]
    )
    groups = {entry["MessageGroupId"] for entry in client.batches[0]}
    assert groups == {hashlib.sha256(CONNECTION_ID.encode()).hexdigest()}
    assert json.loads(client.batches[0][0]["MessageBody"])["connection_id"] == CONNECTION_ID
