"""Changing a connection: pause and cadence."""

from datetime import timedelta
from typing import Any, NotRequired

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import ConnectionRemoving, InvalidField, NotFound
from freshet.domain.instants import duration_from_text
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.bodies import demand_known
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id, shape_of
from freshet.http.operation import Answer, Operation, fields_of
from freshet.http.shapes.connections import ConnectionShape
from freshet.http.shapes.vocabulary import DurationText, Shape
from freshet.services.change_connection import ConnectionChange, change_connection


class CadenceBody(Shape):
    """What is to happen by itself."""

    read_every: NotRequired[DurationText]
    refresh_every: NotRequired[DurationText | None]
    """How often to buy a refresh, which takes the scope `freshet/operate`; null for never."""


class ConnectionChangeBody(Shape):
    """What is to be different."""

    paused: NotRequired[bool]
    """Nothing happens by itself while it is."""
    cadence: NotRequired[CadenceBody]


CHANGE_CONNECTION = Operation(
    id="changeConnection",
    verb="PATCH",
    path="/v1/connections/{connection_id}",
    scope=Scope.LINK,
    summary="Pause a connection, or change its cadence",
    bodies=(ConnectionChangeBody,),
    answers={200: Answer(ConnectionShape)},
    problems=(NotFound, ConnectionRemoving),
)
OPERATIONS = (CHANGE_CONNECTION,)


def add_connection_change_routes(api: Api) -> None:
    """Register the function."""
    deps = api.deps

    @api.serves(CHANGE_CONNECTION)
    def patch_connection(connection_id: str) -> Response[str]:
        caller = api.caller
        change = _change(api.body(), caller.user_id, checked_connection_id(connection_id))
        if change.refresh_every is not None:
            # Buying on a cadence spends the deployment's money without anybody asking each time.
            caller.demand(Scope.OPERATE)
        connection = change_connection(
            change, connections=deps.showing.connections, traits=deps.traits, clock=deps.now
        )
        return json_response(200, shape_of(connection, api))


def _change(body: dict[str, Any], user_id: str, connection_id: str) -> ConnectionChange:
    cadence = body.get("cadence", {})
    if not isinstance(cadence, dict):
        raise InvalidField("cadence", "must be a JSON object")
    demand_known(cadence, fields_of(CadenceBody), within="cadence.")
    is_buying_ended = cadence.get("refresh_every", "") is None
    return ConnectionChange(
        user_id=user_id,
        connection_id=connection_id,
        paused=_paused(body),
        read_every=_duration(cadence, "read_every"),
        refresh_every=None if is_buying_ended else _duration(cadence, "refresh_every"),
        is_buying_ended=is_buying_ended,
    )


def _paused(body: dict[str, Any]) -> bool | None:
    paused = body.get("paused")
    if "paused" in body and not isinstance(paused, bool):
        raise InvalidField("paused", "must be true or false")
    return paused


def _duration(cadence: dict[str, Any], name: str) -> timedelta | None:
    if name not in cadence:
        return None
    try:
        return duration_from_text(cadence[name])
    except (TypeError, ValueError):
        reason = "must be an ISO 8601 duration of whole units, such as PT24H"
        raise InvalidField(f"cadence.{name}", reason) from None
