"""The deployment's alarms in CloudWatch, and the protection of its tables."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from freshet.domain.health import Alarm

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MOST = 100  # an answer has no more; a stack has some thirty


class CloudWatchAlarms:
    """The port Alarms: CloudFormation begins their names with the stack's."""

    def __init__(self, client: Any, stack_name: str) -> None:
        """Bind to the alarms of one stack."""
        self._client = client
        self._prefix = f"{stack_name}-"

    def all(self) -> Sequence[Alarm]:
        """List them."""
        answer = self._client.describe_alarms(AlarmNamePrefix=self._prefix, MaxRecords=_MOST)
        return [
            Alarm(
                name=each["AlarmName"].removeprefix(self._prefix),
                is_armed=bool(each.get("ActionsEnabled") and each.get("AlarmActions")),
                is_raised=each.get("StateValue") == "ALARM",
            )
            for each in answer.get("MetricAlarms", [])
        ]


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
