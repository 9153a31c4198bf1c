"""Works SnapshotQueue: one message, one connection, read and stored; on a schedule, it audits."""

from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from freshet import bootstrap
from freshet.batches import OverlappingProcessor
from freshet.bootstrap.starting import at_start
from freshet.messages import parse_read_command
from freshet.observability import log_context, logger, metrics

_processor = OverlappingProcessor()
at_start(bootstrap.take_snapshots, bootstrap.audit)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(
    event: dict[str, Any], context: LambdaContext
) -> PartialItemFailureResponse | dict[str, int]:
    """Work a batch; a record that fails comes again alone."""
    bootstrap.begin_invocation(context)
    if "audit" in event:
        return {"findings": bootstrap.audit()(event["audit"])}
    bootstrap.take_snapshots()  # built once, before several threads ask for it
    return process_partial_response(event, handle, _processor, context)


def handle(record: SQSRecord) -> None:
    """Work one command."""
    command = parse_read_command(record.body)
    with log_context(connection_id=command.connection_id, read_reason=command.reason):
        bootstrap.take_snapshots()(command)
