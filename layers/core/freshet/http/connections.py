"""Routes under /v1/connections: list, get, accounts, refresh."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import InvalidField, NotFound
from freshet.domain.identifiers import is_connection_id
from freshet.domain.refresh import Refresh
from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.problems import problem_for
from freshet.http.shapes import account_shape, connection_shape, refresh_shape
from freshet.services.request_refresh import RefreshRequest, request_refresh
from freshet.services.show_holdings import connection_accounts

_LONGEST_KEY = 255


def add_connection_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.get("/v1/connections")
    def list_connections() -> Response[str]:
        caller = api.caller(Scope.READ)
        found = parts.showing.connections.of_user(caller.user_id)
        newest_first = [connection_shape(each, price=parts.price) for each in reversed(found)]
        return json_response(200, {"items": newest_first, "next_cursor": None})

    @api.resolver.get("/v1/connections/<connection_id>")
    def get_connection(connection_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        connection = parts.showing.connections.get(caller.user_id, _checked(connection_id))
        return json_response(200, connection_shape(connection, price=parts.price))

    @api.resolver.get("/v1/connections/<connection_id>/accounts")
    def list_accounts(connection_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        accounts = connection_accounts(
            caller.user_id, _checked(connection_id), parts=parts.showing, now=parts.now()
        )
        items = [account_shape(each.account, each.freshness) for each in accounts]
        return json_response(200, {"items": items, "next_cursor": None})

    @api.resolver.get("/v1/connections/<connection_id>/refreshes")
    def list_refreshes(connection_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        connection = parts.showing.connections.get(caller.user_id, _checked(connection_id))
        refreshes = parts.requesting.purchasing.refreshes
        found = refreshes.of_connection(caller.user_id, connection.id)
        items = [refresh_shape(each) for each in found]
        return json_response(200, {"items": items, "next_cursor": None})

    @api.resolver.post("/v1/connections/<connection_id>/refresh")
    def post_refresh(connection_id: str) -> Response[str]:
        caller = api.caller(Scope.REFRESH)
        api.body(fields=frozenset())
        request = RefreshRequest(
            user_id=caller.user_id,
            connection_id=_checked(connection_id),
            actor=caller.actor,
            idempotency_key=_idempotency_key(api),
        )
        purchase = request_refresh(request, parts=parts.requesting)
        if purchase.failure is not None and purchase.failure.is_surely_unbilled:
            return problem_for(purchase.failure, now=parts.now(), connection_id=connection_id)
        return _accepted(purchase.refresh, joined=purchase.joined)


def _accepted(refresh: Refresh, *, joined: bool) -> Response[str]:
    headers = {"Location": f"/v1/refreshes/{refresh.id}", "Retry-After": "2"}
    return json_response(202, refresh_shape(refresh, joined=joined), headers)


def _idempotency_key(api: Api) -> str | None:
    key = api.header("idempotency-key")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        raise InvalidField("Idempotency-Key", f"must have 1 to {_LONGEST_KEY} characters")
    return key


def _checked(connection_id: str) -> str:
    if not is_connection_id(connection_id):
        raise NotFound(connection_id)
    return connection_id
