"""Environment variables of the simulator processes, refused by name when they make no sense."""

import os
from collections.abc import Callable

from tests.simulators.common.exact_json import Document, loads
from tests.simulators.common.knobs import KnobRefused

MAX_PORT = 65535


class VariableRefused(ValueError):
    """An environment variable holds nonsense; the text names it and never repeats its value."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name} must be {expected}")


def text_variable(name: str, default: str) -> str:
    """Return a text; raises VariableRefused when it is empty."""
    value = os.environ.get(name, default)
    if not value.strip():
        raise VariableRefused(name, "a text that is not empty")
    return value


def choice_variable(name: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices, the first one when it is not set; raises VariableRefused."""
    value = os.environ.get(name, choices[0])
    if value not in choices:
        raise VariableRefused(name, f"one of {', '.join(choices)}")
    return value


def number_variable(name: str, default: int, *, maximum: int) -> int:
    """Return a whole number from 0 to the maximum; raises VariableRefused."""
    value = os.environ.get(name, str(default))
    # The method isdigit alone would take superscripts.
    if not (value.isascii() and value.isdigit() and int(value) <= maximum):
        raise VariableRefused(name, f"a whole number from 0 to {maximum}")
    return int(value)


def port_variable(name: str) -> int:
    """Return a port, 0 for any free one; raises VariableRefused."""
    return number_variable(name, 0, maximum=MAX_PORT)


def knobs_variable[K](name: str, turned: Callable[[Document], K]) -> K:
    """Return knobs turned by a JSON object; raises VariableRefused."""
    try:
        changes = loads(os.environ.get(name, "{}"))
    except ValueError as error:
        raise VariableRefused(name, "a JSON object") from error
    if not isinstance(changes, dict):
        raise VariableRefused(name, "a JSON object")
    try:
        return turned(changes)
    except KnobRefused as error:
        raise VariableRefused(name, f"knobs that exist, with sensible values: {error}") from error
    except (TypeError, ValueError) as error:
        raise VariableRefused(name, "knobs with values of the right types") from error
