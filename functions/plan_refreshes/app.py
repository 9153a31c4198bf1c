"""Takes the planner's turn, once a minute."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from freshet import bootstrap
from freshet.bootstrap.starting import at_start
from freshet.observability import logger, metrics

at_start(bootstrap.plan_refreshes)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Hand out what is due and say how much it was."""
    return {"planned": bootstrap.plan_refreshes()()}
