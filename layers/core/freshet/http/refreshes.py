"""Routes under /v1/refreshes."""

from aws_lambda_powertools.event_handler import Response

from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.shapes import refresh_shape


def add_refresh_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.get("/v1/refreshes/<refresh_id>")
    def get_refresh(refresh_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        refresh = parts.requesting.purchasing.refreshes.get(caller.user_id, refresh_id)
        headers = {} if refresh.is_terminal else {"Retry-After": "2"}
        return json_response(200, refresh_shape(refresh), headers)
