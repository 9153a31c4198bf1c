"""Dead letters at SQS and in memory: taken once, sent back as they were, deleted."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from freshet.adapters.dead_letters import SqsDeadLetters
from freshet.domain.errors import QueueUnavailable
from freshet.ports import DeadLetters
from tests.clients import Sqs
from tests.fakes import FakeDeadLetters

type Filled = Callable[..., DeadLetters]


@pytest.fixture(params=["fake", "sqs"])
def filled(request: pytest.FixtureRequest) -> Filled:
    if request.param == "fake":
        return FakeDeadLetters
    request.getfixturevalue("aws")
    client = boto3.client("sqs")
    dead, source = _queue(client, "dead"), _queue(client, "source")

    def fill(*bodies: str) -> DeadLetters:
        for body in bodies:
            client.send_message(QueueUrl=dead, MessageBody=body)
        return SqsDeadLetters(client, dead, source)

    return fill


def _queue(client: Sqs, name: str) -> str:
    return client.create_queue(QueueName=name)["QueueUrl"]


def test_letters_are_taken_once_and_counted_until_they_are_deleted(filled: Filled) -> None:
    letters = filled("one", "two")
    assert letters.count() == 2
    taken = letters.take()
    assert sorted(each.body for each in taken) == ["one", "two"]
    assert (list(letters.take()), letters.count()) == ([], 2)
    assert letters.send_back(taken) == list(taken)
    assert (letters.forget(taken), letters.count()) == (2, 0)


def test_ten_are_taken_at_a_time(filled: Filled) -> None:
    letters = filled(*"abcdefghijkl")
    assert sorted(len(letters.take()) for _ in range(3)) == [0, 2, 10]


def test_nothing_is_asked_for_when_nothing_is_to_be_deleted(filled: Filled) -> None:
    assert filled().forget([]) == 0


def test_message_is_sent_back_as_it_came(aws: None) -> None:
    client = boto3.client("sqs")
    dead, source = _queue(client, "dead"), _queue(client, "source")
    attributes: Any = {
        "kind": {"DataType": "String", "StringValue": "x"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    client.send_message(
        QueueUrl=dead,
        MessageBody='{"a":"\u2028"}',
        MessageGroupId="g",
        MessageAttributes=attributes,
    )
    letters = SqsDeadLetters(client, dead, source)
    letters.send_back(letters.take())
    [message] = client.receive_message(
        QueueUrl=source, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )["Messages"]
    assert (message["Body"], message["Attributes"]["MessageGroupId"]) == ('{"a":"\u2028"}', "g")
    assert message["MessageAttributes"] == attributes


def test_letter_is_not_sent_when_its_queue_refuses(aws: None) -> None:
    client = boto3.client("sqs")
    dead = _queue(client, "dead")
    client.send_message(QueueUrl=dead, MessageBody="one")
    letters = SqsDeadLetters(client, dead, dead.replace("dead", "none"))
    taken = letters.take()
    assert (len(taken), letters.send_back(taken)) == (1, [])


@pytest.mark.parametrize("ask", ["take", "count", "forget"])
def test_queue_is_unavailable_when_it_does_not_answer(aws: None, ask: str) -> None:
    client = boto3.client("sqs")
    dead = _queue(client, "dead")
    client.send_message(QueueUrl=dead, MessageBody="one")
    letters = SqsDeadLetters(client, dead, dead)
    taken = letters.take()
    client.delete_queue(QueueUrl=dead)
    with pytest.raises(QueueUnavailable) as raised:
        letters.forget(taken) if ask == "forget" else getattr(letters, ask)()
    assert isinstance(raised.value.__cause__, ClientError)
