"""The control interface: plain JSON under `/_control/`, unsigned, for loopback only."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from tests.simulators.common.exact_json import loads
from tests.simulators.common.state import SharedState
from tests.simulators.common.wire import Refusal, Reply, Request, Route, find_route, json_reply

CONTROL_PREFIX = "/_control"

type ControlHandler = Callable[[dict[str, str], Any], object]


class ControlTable:
    """Answers control requests; none counts against the customer's limit."""

    def __init__(
        self, state: SharedState, entries: Iterable[tuple[str, str, ControlHandler]]
    ) -> None:
        self._state = state
        self._routes = [Route(method, path, path, handler) for method, path, handler in entries]

    def answer(self, request: Request) -> Reply:
        """Serve one control request under the lock."""
        path = request.path.removeprefix(CONTROL_PREFIX)
        try:
            route, parameters = find_route(self._routes, method=request.method, path=path)
            body = loads(request.body) if request.body else {}
            with self._state.changing():
                return json_reply(route.handler(parameters, body))
        except Refusal as refusal:
            return json_reply({"error": refusal.detail}, refusal.status)
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            message = f"{type(error).__name__}: {error}"
            return json_reply({"error": message}, HTTPStatus.BAD_REQUEST)
