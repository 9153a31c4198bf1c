"""Names of boto3's clients for annotations; their stubs are read by the type checker alone."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

type DynamoDB = DynamoDBClient
type Events = EventBridgeClient
type SecretsManager = SecretsManagerClient
type Sqs = SQSClient
