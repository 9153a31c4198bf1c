"""The two tables for moto, made from template.yaml's own words."""

from typing import TYPE_CHECKING

from tests.template.reading import Template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SHAPE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


def create_tables(client: "DynamoDBClient") -> None:
    """Create `connections` and `snapshots` with the keys and indexes that will be deployed."""
    resources = Template.read().resources
    for name, resource in (("connections", "ConnectionsTable"), ("snapshots", "SnapshotsTable")):
        properties = resources[resource]["Properties"]
        shape = {key: properties[key] for key in _SHAPE if key in properties}
        client.create_table(TableName=name, **shape)
