"""Routes under /v1/accounts."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import NotFound
from freshet.domain.identifiers import is_account_id
from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.paging import cursor_for, day_range_of, limit_of, mark_of
from freshet.http.shapes import transaction_shape
from freshet.services.show_transactions import account_transactions


def add_account_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.get("/v1/accounts/<account_id>/transactions")
    def list_transactions(account_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        if not is_account_id(account_id):
            raise NotFound(account_id)
        list_name = f"{account_id}/transactions/"
        after = mark_of(api, prefix=list_name)
        found, mark = account_transactions(
            caller.user_id,
            account_id,
            days=day_range_of(api),
            limit=limit_of(api),
            after=None if after is None else after.removeprefix(list_name),
            parts=parts.showing,
        )
        items = [transaction_shape(each) for each in found]
        cursor = cursor_for(None if mark is None else list_name + mark)
        return json_response(200, {"items": items, "next_cursor": cursor})
