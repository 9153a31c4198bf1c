"""The route /v1/usage."""

from aws_lambda_powertools.event_handler import Response

from freshet.http.application import Api, json_response
from freshet.http.budget_shapes import usage_shape
from freshet.http.caller import Scope
from freshet.services.show_usage import usage_of


def add_usage_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.get("/v1/usage")
    def get_usage() -> Response[str]:
        caller = api.caller(Scope.READ)
        now = parts.now()
        usage = usage_of(
            caller.user_id,
            is_operator=Scope.OPERATE in caller.scopes,
            budgets=parts.requesting.budgets,
            now=now,
        )
        policy = parts.requesting.purchasing.policy
        return json_response(200, usage_shape(usage, policy=policy, now=now))
