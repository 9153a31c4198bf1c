"""The three SQS queues: one message is one connection or one delivery."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import batched
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from freshet.domain.commands import ReadCommand, RefreshCommand, RemovalCommand
from freshet.domain.errors import QueueUnavailable
from freshet.domain.webhooks import VerifiedDelivery
from freshet.messages import render_delivery, render_read_command, render_refresh_command

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_BATCH = 10
_LONGEST_DELAY = timedelta(minutes=15)


class SqsWebhookQueue:
    """The port WebhookQueue: one SendMessage for each delivery."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        """Bind to WebhookQueue."""
        self._client = client
        self._url = url

    def send(self, delivery: VerifiedDelivery) -> None:
        """Queue durably; raises QueueUnavailable."""
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=render_delivery(delivery))
        except (ClientError, BotoCoreError) as error:
            raise QueueUnavailable("webhook queue") from error


class SqsReadQueue:
    """The port ReadQueue on SnapshotQueue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        """Bind to SnapshotQueue."""
        self._client = client
        self._url = url

    def send(self, commands: Iterable[ReadCommand]) -> Sequence[ReadCommand]:
        """Send commands; gives back those that were not accepted."""
        return _send_all(self._client, self._url, commands, render_read_command)


class SqsRefreshQueue:
    """The port RefreshQueue on RefreshQueue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        """Bind to RefreshQueue."""
        self._client = client
        self._url = url

    def send(
        self, commands: Iterable[RefreshCommand | RemovalCommand]
    ) -> Sequence[RefreshCommand | RemovalCommand]:
        """Send commands; gives back those that were not accepted."""
        return _send_all(self._client, self._url, commands, render_refresh_command)


class _Command(Protocol):
    @property
    def group(self) -> str: ...

    @property
    def delay(self) -> timedelta: ...


def _send_all[Command: _Command](
    client: "SQSClient", url: str, commands: Iterable[Command], render: Callable[[Command], str]
) -> list[Command]:
    left: list[Command] = []
    for batch in batched(commands, _BATCH, strict=False):
        entries = [_entry(place, command, render(command)) for place, command in enumerate(batch)]
        try:
            answer = client.send_message_batch(QueueUrl=url, Entries=entries)
        except (ClientError, BotoCoreError) as error:
            raise QueueUnavailable("work queue") from error
        left += [batch[int(failed["Id"])] for failed in answer.get("Failed", [])]
    return left


def _entry(place: int, command: _Command, body: str) -> "SendMessageBatchRequestEntryTypeDef":
    # A group on a standard queue orders nothing; it keeps one noisy connection from the others.
    group = hashlib.sha256(command.group.encode()).hexdigest()
    delay = min(max(command.delay, timedelta(0)), _LONGEST_DELAY)
    return {
        "Id": str(place),
        "MessageBody": body,
        "MessageGroupId": group,
        "DelaySeconds": delay // timedelta(seconds=1),
    }
