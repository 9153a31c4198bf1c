"""Routes under /v1/accounts."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import NotFound
from freshet.domain.identifiers import is_account_id
from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.paging import cursor_for, limit_of, mark_of
from freshet.http.shapes import transaction_shape
from freshet.services.show_transactions import account_transactions

_MARK_PREFIX = "TRANSACTION#"


def add_account_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.get("/v1/accounts/<account_id>/transactions")
    def list_transactions(account_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        if not is_account_id(account_id):
            raise NotFound(account_id)
        found, mark = account_transactions(
            caller.user_id,
            account_id,
            limit=limit_of(api),
            after=mark_of(api, prefix=_MARK_PREFIX),
            parts=parts.showing,
        )
        items = [transaction_shape(each) for each in found]
        return json_response(200, {"items": items, "next_cursor": cursor_for(mark)})
