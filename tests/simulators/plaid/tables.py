"""How control verbs are written down."""

from collections.abc import Callable
from typing import Any

from tests.simulators.common.control import ControlHandler
from tests.simulators.plaid.plain_values import Values

type Path = dict[str, str]
type Verb = Callable[[Path, Values], object]
type Entry = tuple[str, str, Verb]


def handler_of(verb: Verb) -> ControlHandler:
    """Return a handler that refuses bodies which are no objects."""

    def handle(path: Path, body: Any) -> object:
        return verb(path, Values.of(body))

    return handle
