"""Serves the operator, who invokes it directly: no trigger leads here."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from freshet import bootstrap
from freshet.bootstrap.starting import at_start
from freshet.observability import logger, metrics

at_start(bootstrap.operate)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Carry out one operator event."""
    bootstrap.begin_invocation(context)
    return bootstrap.operate().run(event)
