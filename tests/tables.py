"""The two tables for moto, made from template.yaml's own words."""

from functools import cache
from typing import TYPE_CHECKING, Any

from tests.template.reading import Template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SHAPE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


def create_tables(client: "DynamoDBClient") -> None:
    """Create `connections` and `snapshots` with the keys and indexes that will be deployed."""
    for name, shape in _shapes().items():
        client.create_table(TableName=name, **shape)


@cache
def _shapes() -> dict[str, Any]:
    """Read once for all tests: parsing the template takes tenths of a second."""
    resources = Template.read().resources
    tables = {"connections": "ConnectionsTable", "snapshots": "SnapshotsTable"}
    return {
        name: {key: value for key, value in resources[table]["Properties"].items() if key in _SHAPE}
        for name, table in tables.items()
    }
