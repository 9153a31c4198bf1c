"""The deployment's alarms in CloudWatch, and the protection of its tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from freshet.domain.health import Alarm

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class CloudWatchAlarms:
    """The port Alarms: CloudFormation begins their names with the stack's."""

    def __init__(self, client: Any, stack_name: str) -> None:
        """Bind to the alarms of one stack."""
        self._client = client
        self._prefix = f"{stack_name}-"

    def all(self) -> Sequence[Alarm]:
        """List them."""
        return [
            Alarm(
                name=each["AlarmName"].removeprefix(self._prefix),
                is_armed=bool(each.get("ActionsEnabled") and each.get("AlarmActions")),
                is_raised=each.get("StateValue") == "ALARM",
            )
            for each in self._pages()
            if self._is_ours(each["AlarmName"])
        ]

    def _is_ours(self, name: str) -> bool:
        # <stack>-<logical id>-<random>: the alarms of freshet-prod begin like those of freshet.
        return name.removeprefix(self._prefix).count("-") <= 1

    def _pages(self) -> Iterator[dict[str, Any]]:
        further: dict[str, str] = {}
        while True:
            answer = self._client.describe_alarms(AlarmNamePrefix=self._prefix, **further)
            yield from answer.get("MetricAlarms", [])
            if "NextToken" not in answer:
                return
            further = {"NextToken": answer["NextToken"]}


class DynamoProtection:
    """The port Protection."""

    def __init__(self, client: "DynamoDBClient", *tables: str) -> None:
        """Bind to tables."""
        self._client = client
        self._tables = tables

    def by_table(self) -> Mapping[str, bool]:
        """Say of each table whether it is protected from deletion."""
        return {
            name: bool(
                self._client.describe_table(TableName=name)["Table"].get(
                    "DeletionProtectionEnabled"
                )
            )
            for name in self._tables
        }
