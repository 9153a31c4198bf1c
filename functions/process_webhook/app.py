"""Works queued webhooks: each event once, each leaving at most a read to be made."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from freshet import bootstrap
from freshet.bootstrap.starting import at_start
from freshet.observability import logger, metrics

_processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
at_start(bootstrap.process_webhook)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Work a batch; a record that fails comes again alone."""
    return process_partial_response(event, handle, _processor, context)


def handle(record: SQSRecord) -> None:
    """Work one event."""
    bootstrap.process_webhook()(record.body)
