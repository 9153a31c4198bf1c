"""Leaving: one connection or everything, and the receipt that stays."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.erasure import Erasure
from freshet.domain.errors import NotFound
from freshet.domain.identifiers import is_erasure_id
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id
from freshet.http.operation import Answer, Operation
from freshet.http.shapes.erasures import ErasureShape, erasure_shape
from freshet.services.begin_removal import remove_connection, remove_user

_BEGUN = {
    200: Answer(ErasureShape, headers=("Location", "Retry-After")),
    202: Answer(ErasureShape, headers=("Location", "Retry-After")),
}
REMOVE_CONNECTION = Operation(
    id="removeConnection",
    verb="DELETE",
    path="/v1/connections/{connection_id}",
    scope=Scope.LINK,
    summary="Remove a connection at its provider and everything of it here",
    description="202 while it is under way. Asking again joins it: 200 when it is over.",
    answers=_BEGUN,
    problems=(NotFound,),
)
REMOVE_USER = Operation(
    id="removeUser",
    verb="DELETE",
    path="/v1/users/me",
    scope=Scope.LINK,
    summary="Remove everything of the user",
    answers=_BEGUN,
)
GET_ERASURE = Operation(
    id="getErasure",
    verb="GET",
    path="/v1/erasures/{erasure_id}",
    scope=Scope.READ,
    summary="Show how far an erasure is, in the end its receipt",
    answers={200: Answer(ErasureShape)},
    problems=(NotFound,),
)
OPERATIONS = (REMOVE_CONNECTION, REMOVE_USER, GET_ERASURE)


def add_erasure_routes(api: Api) -> None:
    """Register the functions."""
    deps = api.deps.removing

    @api.serves(REMOVE_CONNECTION)
    def delete_connection(connection_id: str) -> Response[str]:
        caller = api.caller
        checked = checked_connection_id(connection_id)
        return _begun(remove_connection(caller.user_id, checked, actor=caller.actor, deps=deps))

    @api.serves(REMOVE_USER)
    def delete_user() -> Response[str]:
        caller = api.caller
        return _begun(remove_user(caller.user_id, actor=caller.actor, deps=deps))

    @api.serves(GET_ERASURE)
    def get_erasure(erasure_id: str) -> Response[str]:
        if not is_erasure_id(erasure_id):
            raise NotFound(erasure_id)
        return json_response(200, erasure_shape(deps.erasures.get(api.caller.user_id, erasure_id)))


def _begun(erasure: Erasure) -> Response[str]:
    headers = {"Location": f"/v1/erasures/{erasure.id}", "Retry-After": "30"}
    # What is over already stays over: the same answer, and nothing to wait for.
    status = 200 if erasure.is_done else 202
    return json_response(status, erasure_shape(erasure), headers)
