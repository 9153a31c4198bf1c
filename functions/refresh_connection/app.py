"""Works RefreshQueue: one message, one connection, at most one purchase or a removal."""

from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from freshet import bootstrap
from freshet.batches import OverlappingProcessor
from freshet.bootstrap.starting import at_start
from freshet.messages import parse_refresh_command
from freshet.observability import log_context, logger, metrics

_processor = OverlappingProcessor()
at_start(bootstrap.refresh_connection)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Work a batch; a record that fails comes again alone."""
    bootstrap.begin_invocation(context)
    bootstrap.refresh_connection()  # built once, before several threads ask for it
    return process_partial_response(event, handle, _processor, context)


def handle(record: SQSRecord) -> None:
    """Work one command."""
    command = parse_refresh_command(record.body)
    with log_context(**command.log_keys):
        bootstrap.refresh_connection()(command)
