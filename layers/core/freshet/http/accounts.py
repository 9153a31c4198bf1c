"""Routes under /v1/accounts."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import NotFound
from freshet.domain.identifiers import is_account_id
from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.shapes import holdings_shape
from freshet.services.show_holdings import account_holdings


def add_account_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.get("/v1/accounts/<account_id>/holdings")
    def get_holdings(account_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        if not is_account_id(account_id):
            raise NotFound(account_id)
        shown = account_holdings(caller.user_id, account_id, parts=parts.showing, now=parts.now())
        return json_response(200, holdings_shape(account_id, shown.snapshot, shown.freshness))
