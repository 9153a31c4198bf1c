"""Routes under /v1/connections: list, get, accounts, refresh."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.call_errors import ERRORS_BY_REASON, CallFailed, ProviderError
from freshet.domain.errors import InvalidField, NotFound
from freshet.domain.identifiers import is_connection_id
from freshet.domain.refresh import Refresh, RefreshStatus
from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.problems import problem_for
from freshet.http.shapes import account_shape, connection_shape, refresh_shape
from freshet.services.billable_call import Purchase
from freshet.services.request_refresh import RefreshRequest, request_refresh
from freshet.services.request_sync import request_transactions_sync
from freshet.services.show_holdings import connection_accounts

_LONGEST_KEY = 255


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
        connection = parts.showing.connections.get(caller.user_id, _checked(connection_id))
        return json_response(200, connection_shape(connection, prices=parts.prices))

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
        request = _request(api, connection_id)
        return _answer(api, request_refresh(request, parts=parts.requesting))

    @api.resolver.post("/v1/connections/<connection_id>/transactions/sync")
    def post_transactions_sync(connection_id: str) -> Response[str]:
        request = _request(api, connection_id)
        return _answer(api, request_transactions_sync(request, parts=parts.requesting))


def _request(api: Api, connection_id: str) -> RefreshRequest:
    caller = api.caller(Scope.REFRESH)
    api.body(fields=frozenset())
    return RefreshRequest(
        user_id=caller.user_id,
        connection_id=_checked(connection_id),
        actor=caller.actor,
        idempotency_key=_idempotency_key(api),
    )


def _answer(api: Api, purchase: Purchase) -> Response[str]:
    refresh, failure = purchase.refresh, purchase.failure or _recorded_failure(purchase.refresh)
    if failure is not None and failure.is_surely_unbilled:
        return problem_for(failure, now=api.parts.now(), connection_id=refresh.connection_id)
    headers = {"Location": f"/v1/refreshes/{refresh.id}", "Retry-After": "2"}
    return json_response(202, refresh_shape(refresh, joined=purchase.joined), headers)


def _recorded_failure(refresh: Refresh) -> CallFailed | None:
    # The same key again gets the same verdict again.
    kind = ERRORS_BY_REASON.get(refresh.reason or "")
    if refresh.status is not RefreshStatus.REFUSED or kind is None or refresh.answer is None:
        return None
    return kind(refresh.answer) if issubclass(kind, ProviderError) else None


def _idempotency_key(api: Api) -> str | None:
    key = api.header("idempotency-key")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        raise InvalidField("Idempotency-Key", f"must have 1 to {_LONGEST_KEY} characters")
    return key


def _checked(connection_id: str) -> str:
    if not is_connection_id(connection_id):
        raise NotFound(connection_id)
    return connection_id
