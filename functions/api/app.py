"""Serves the HTTP API."""

from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from freshet import bootstrap
from freshet.bootstrap.starting import at_start
from freshet.observability import logger, metrics

DOCUMENT = Path(__file__).with_name("openapi.json")
at_start(lambda: bootstrap.api(DOCUMENT))


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return bootstrap.api(DOCUMENT).answer(event, context)
