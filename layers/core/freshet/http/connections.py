"""Routes under /v1/connections: list, get, accounts, refresh."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import NotFound
from freshet.domain.identifiers import is_connection_id
from freshet.http.application import Api, json_response
from freshet.http.caller import Caller, Scope
from freshet.http.problems import problem_for
from freshet.http.shapes import account_shape, connection_shape, refresh_shape
from freshet.http.wishes import failure_of, idempotency_key, is_dry_run, shown_preview
from freshet.services.billable_call import Purchase
from freshet.services.preview_refresh import preview_refresh
from freshet.services.request_refresh import RefreshRequest, request_refresh
from freshet.services.request_sync import request_transactions_sync
from freshet.services.show_holdings import connection_accounts


def add_connection_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.get("/v1/connections")
    def list_connections() -> Response[str]:
        caller = api.caller(Scope.READ)
        found = parts.showing.connections.of_user(caller.user_id)
        newest_first = [connection_shape(each, prices=parts.prices) for each in reversed(found)]
        return json_response(200, {"items": newest_first, "next_cursor": None})

    @api.resolver.get("/v1/connections/<connection_id>")
    def get_connection(connection_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        connection = parts.showing.connections.get(
            caller.user_id, checked_connection_id(connection_id)
        )
        return json_response(200, connection_shape(connection, prices=parts.prices))

    @api.resolver.get("/v1/connections/<connection_id>/accounts")
    def list_accounts(connection_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        accounts = connection_accounts(
            caller.user_id,
            checked_connection_id(connection_id),
            parts=parts.showing,
            now=parts.now(),
        )
        items = [account_shape(each.account, each.freshness) for each in accounts]
        return json_response(200, {"items": items, "next_cursor": None})

    @api.resolver.get("/v1/connections/<connection_id>/refreshes")
    def list_refreshes(connection_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        connection = parts.showing.connections.get(
            caller.user_id, checked_connection_id(connection_id)
        )
        refreshes = parts.requesting.purchasing.refreshes
        found = refreshes.of_connection(caller.user_id, connection.id)
        items = [refresh_shape(each) for each in found]
        return json_response(200, {"items": items, "next_cursor": None})

    @api.resolver.post("/v1/connections/<connection_id>/refresh")
    def post_refresh(connection_id: str) -> Response[str]:
        return _refresh(api, connection_id)

    @api.resolver.post("/v1/connections/<connection_id>/transactions/sync")
    def post_transactions_sync(connection_id: str) -> Response[str]:
        caller = api.caller(Scope.REFRESH)
        api.body(fields=frozenset())
        request = _request(api, caller, connection_id)
        return _answer(api, request_transactions_sync(request, parts=parts.requesting))


def _refresh(api: Api, connection_id: str) -> Response[str]:
    caller = api.caller(Scope.REFRESH)
    dry_run = is_dry_run(api)
    request = _request(api, caller, connection_id)
    if not dry_run:
        return _answer(api, request_refresh(request, parts=api.parts.requesting))
    preview = preview_refresh(request, parts=api.parts.requesting)
    return json_response(200, shown_preview(preview, api, caller))


def _request(api: Api, caller: Caller, connection_id: str) -> RefreshRequest:
    return RefreshRequest(
        user_id=caller.user_id,
        connection_id=checked_connection_id(connection_id),
        actor=caller.actor,
        idempotency_key=idempotency_key(api),
    )


def _answer(api: Api, purchase: Purchase) -> Response[str]:
    refresh, failure = purchase.refresh, failure_of(purchase)
    if failure is not None:
        return problem_for(failure, now=api.parts.now(), connection_id=refresh.connection_id)
    headers = {"Location": f"/v1/refreshes/{refresh.id}", "Retry-After": "2"}
    return json_response(202, refresh_shape(refresh, joined=purchase.joined), headers)


def checked_connection_id(connection_id: str) -> str:
    """Give the id from a path back; raises NotFound for what cannot be one."""
    if not is_connection_id(connection_id):
        raise NotFound(connection_id)
    return connection_id
