"""The control interface as a whole."""

from collections.abc import Iterable
from typing import Protocol

from tests.simulators.common.control import ControlTable
from tests.simulators.common.wire import Reply, Request
from tests.simulators.plaid.tables import Entry, handler_of
from tests.simulators.plaid.world import World


class Part(Protocol):
    """Some verbs that belong together."""

    def entries(self) -> list[Entry]:
        """Return the verbs with their paths."""
        ...


class Control:
    """Answers control requests; it never counts against the customer's limits."""

    def __init__(self, *, world: World, parts: Iterable[Part]) -> None:
        entries = [entry for part in parts for entry in part.entries()]
        handlers = [(method, path, handler_of(verb)) for method, path, verb in entries]
        self._table = ControlTable(world, handlers)

    def answer(self, request: Request) -> Reply:
        """Serve one control request."""
        return self._table.answer(request)
