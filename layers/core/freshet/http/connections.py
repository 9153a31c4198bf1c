"""Operations under /v1/connections: list, get, accounts."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.connection import Connection
from freshet.domain.errors import NotFound
from freshet.domain.identifiers import is_connection_id
from freshet.domain.instants import to_text
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.operation import Answer, Operation
from freshet.http.paging import PAGED, page_of
from freshet.http.shapes.accounts import AccountShape, account_shape
from freshet.http.shapes.connections import ConnectionShape, connection_shape
from freshet.http.shapes.pages import Page, page
from freshet.services.show_connections import ShownConnection, shown_connection, user_connections
from freshet.services.show_holdings import ShownAccount, connection_accounts

LIST_CONNECTIONS = Operation(
    id="listConnections",
    verb="GET",
    path="/v1/connections",
    scope=Scope.READ,
    summary="List the user's connections",
    query=PAGED,
    answers={200: Answer(Page[ConnectionShape])},
)
GET_CONNECTION = Operation(
    id="getConnection",
    verb="GET",
    path="/v1/connections/{connection_id}",
    scope=Scope.READ,
    summary="Show how a connection is doing, and what a refresh of it would cost",
    answers={200: Answer(ConnectionShape)},
    problems=(NotFound,),
)
LIST_ACCOUNTS = Operation(
    id="listAccounts",
    verb="GET",
    path="/v1/connections/{connection_id}/accounts",
    scope=Scope.READ,
    summary="List a connection's accounts, each with the freshness of its holdings",
    query=PAGED,
    answers={200: Answer(Page[AccountShape])},
    problems=(NotFound,),
)
OPERATIONS = (LIST_CONNECTIONS, GET_CONNECTION, LIST_ACCOUNTS)


def add_connection_routes(api: Api) -> None:
    """Register the functions."""
    deps = api.deps

    @api.serves(LIST_CONNECTIONS)
    def list_connections() -> Response[str]:
        found = user_connections(
            api.caller.user_id, deps=deps.requesting.purchasing, now=deps.now()
        )
        shown, cursor = page_of(api, found, name="connections/", place=_place_of)
        items = [connection_shape(each, prices=deps.prices) for each in shown]
        return json_response(200, page(items, cursor))

    @api.serves(GET_CONNECTION)
    def get_connection(connection_id: str) -> Response[str]:
        connection = deps.showing.connections.get(
            api.caller.user_id, checked_connection_id(connection_id)
        )
        return json_response(200, shape_of(connection, api))

    @api.serves(LIST_ACCOUNTS)
    def list_accounts(connection_id: str) -> Response[str]:
        found = connection_accounts(
            api.caller.user_id,
            checked_connection_id(connection_id),
            deps=deps.showing,
            now=deps.now(),
        )
        shown, cursor = page_of(api, found, name="accounts/", place=_place_of_account)
        items = [account_shape(each.account, each.summary, each.freshness) for each in shown]
        return json_response(200, page(items, cursor))


def shape_of(connection: Connection, api: Api) -> ConnectionShape:
    """Show one connection to its user."""
    deps = api.deps
    shown = shown_connection(connection, deps=deps.requesting.purchasing, now=deps.now())
    return connection_shape(shown, prices=deps.prices)


def _place_of(each: ShownConnection) -> str:
    return f"{to_text(each.connection.created_at)}#{each.connection.id}"


def _place_of_account(each: ShownAccount) -> str:
    return f"{to_text(each.account.created_at)}#{each.account.id}"


def checked_connection_id(connection_id: str) -> str:
    """Give the id from a path back; raises NotFound for what cannot be one."""
    if not is_connection_id(connection_id):
        raise NotFound(connection_id)
    return connection_id
