"""What went over the wire between a caller and a simulator, as the simulator saw it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.common.exact_json import loads
from tests.simulators.common.wire import Reply, Request
from tests.simulators.plaid import PlaidSettings, PlaidSimulator
from tests.simulators.snaptrade import SimulatorSettings, SnapTradeSimulator

_CONTROL = "/_control/"
# Says when, not what; the rest of a query must be the same whoever asks.
_PASSING = frozenset({"timestamp"})
_TELLING_HEADERS = ("content-type", "plaid-client-id", "plaid-secret", "plaid-version")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes
    status: int
    answer: bytes
    answer_headers: Mapping[str, str]

    @property
    def body(self) -> Any:
        """Return the parsed body, None for none."""
        return json.loads(self.content) if self.content else None

    @property
    def exact(self) -> Any:
        """Return the parsed answer, digit for digit."""
        return loads(self.answer)

    def asked(self) -> dict[str, Any]:
        """Return all that two callers with the same request must have in common."""
        query = {name: value for name, value in self.query.items() if name not in _PASSING}
        headers = {name: self.headers.get(name) for name in _TELLING_HEADERS}
        # Without a body its type says nothing.
        headers["content-type"] = headers["content-type"] if self.content else None
        return {
            "method": self.method,
            "path": self.path,
            "query": query,
            "headers": headers,
            "body": self.body,
        }


class RecordingSnapTrade(SnapTradeSimulator):
    """The simulator, with a memory."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.exchanges: list[Exchange] = []
        super().__init__(settings)

    def _answer(self, request: Request) -> Reply:
        reply = super()._answer(request)
        self.exchanges += _recorded(request, reply)
        return reply


class RecordingPlaid(PlaidSimulator):
    """The simulator, with a memory."""

    def __init__(self, settings: PlaidSettings) -> None:
        self.exchanges: list[Exchange] = []
        super().__init__(settings)

    def _answer(self, request: Request) -> Reply:
        reply = super()._answer(request)
        self.exchanges += _recorded(request, reply)
        return reply


def _recorded(request: Request, reply: Reply) -> Iterable[Exchange]:
    if request.path.startswith(_CONTROL):
        return []
    return [
        Exchange(
            method=request.method,
            path=request.path,
            query=request.parameters(),
            headers=request.headers,
            content=request.body,
            status=int(reply.status),
            answer=reply.body,
            answer_headers=reply.headers,
        )
    ]
