"""A dead-letter queue in SQS and the queue that its messages came from."""

from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from freshet.domain.dead_letters import DeadLetter
from freshet.domain.errors import QueueUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10
_HIDDEN_SECONDS = 60  # what was neither sent on nor deleted comes back
_WAIT_SECONDS = 1  # asks all of SQS's servers; without a wait some are left out
_COUNTS: Any = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_FAILURES = (ClientError, BotoCoreError)


class SqsDeadLetters:
    """The port DeadLetters."""

    def __init__(self, client: "SQSClient", url: str, source_url: str) -> None:
        """Bind to a dead-letter queue and to its source."""
        self._client = client
        self._url = url
        self._source_url = source_url

    def take(self) -> Sequence[DeadLetter]:
        """Give up to ten, hidden from others for a minute; raises QueueUnavailable."""
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=_WAIT_SECONDS,
                VisibilityTimeout=_HIDDEN_SECONDS,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["MessageGroupId"],
            )
        except _FAILURES as error:
            raise QueueUnavailable("dead letters") from error
        return [_letter(each) for each in answer.get("Messages", [])]

    def send_back(self, letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        """Send each by itself, as ten may be too large together; gives those that were taken."""
        return [each for each in letters if self._is_sent(each)]

    def forget(self, letters: Sequence[DeadLetter]) -> int:
        """Delete them and say how many were; raises QueueUnavailable."""
        deleted = 0
        for batch in batched(letters, _BATCH, strict=False):
            entries: Any = [
                {"Id": str(place), "ReceiptHandle": each.receipt}
                for place, each in enumerate(batch)
            ]
            try:
                answer = self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
            except _FAILURES as error:
                raise QueueUnavailable("dead letters") from error
            deleted += len(answer.get("Successful", []))
        return deleted

    def count(self) -> int:
        """Say about how many there are, hidden ones included; raises QueueUnavailable."""
        try:
            answer = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=_COUNTS)
        except _FAILURES as error:
            raise QueueUnavailable("dead letters") from error
        return sum(int(value) for value in answer["Attributes"].values())

    def _is_sent(self, letter: DeadLetter) -> bool:
        group: Any = {} if letter.group is None else {"MessageGroupId": letter.group}
        attributes: Any = letter.attributes
        try:
            self._client.send_message(
                QueueUrl=self._source_url,
                MessageBody=letter.body,
                MessageAttributes=attributes,
                **group,
            )
        except _FAILURES:
            return False
        return True


def _letter(message: Any) -> DeadLetter:
    return DeadLetter(
        id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        body=message["Body"],
        group=message.get("Attributes", {}).get("MessageGroupId"),
        attributes={
            name: {key: part for key, part in value.items() if not key.endswith("ListValues")}
            for name, value in message.get("MessageAttributes", {}).items()
        },
    )
