"""The operation /v1/usage."""

from aws_lambda_powertools.event_handler import Response

from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.operation import Answer, Operation
from freshet.http.shapes.usage import UsageShape, usage_shape
from freshet.services.show_usage import usage_of

GET_USAGE = Operation(
    id="getUsage",
    verb="GET",
    path="/v1/usage",
    scope=Scope.READ,
    summary="Show what is spent and what is left; the deployment's month to operators alone",
    answers={200: Answer(UsageShape)},
)
OPERATIONS = (GET_USAGE,)


def add_usage_routes(api: Api) -> None:
    """Register the function."""
    deps = api.deps

    @api.serves(GET_USAGE)
    def get_usage() -> Response[str]:
        now = deps.now()
        usage = usage_of(
            api.caller.user_id,
            is_operator=Scope.OPERATE in api.caller.scopes,
            budgets=deps.requesting.purchasing.budgets,
            now=now,
        )
        policy = deps.requesting.purchasing.policy
        return json_response(200, usage_shape(usage, policy=policy, now=now))
