"""Checks and changes of any dataclass of knobs."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

type Choices = Mapping[str, tuple[str, ...]]


class KnobRefused(ValueError):
    """A knob is unknown or its value makes no sense."""


def check_knobs(knobs: "DataclassInstance", choices: Choices) -> None:
    """Raise KnobRefused for a value that is not a choice, or a negative number."""
    for name, allowed in choices.items():
        if getattr(knobs, name) not in allowed:
            raise KnobRefused(name)
    for field in fields(knobs):
        value = getattr(knobs, field.name)
        if isinstance(value, int | float) and value < 0:
            raise KnobRefused(field.name)


def turned_knobs[K: "DataclassInstance"](knobs: K, changes: Mapping[str, Any]) -> K:
    """Return the knobs after some changes given as plain JSON values."""
    known = {field.name: getattr(knobs, field.name) for field in fields(knobs)}
    for name in changes:
        if name not in known:
            raise KnobRefused(name)
    typed = {name: _typed(name, known[name], value) for name, value in changes.items()}
    return replace(knobs, **typed)


def _typed(name: str, current: object, value: Any) -> Any:
    if isinstance(current, bool) != isinstance(value, bool):
        raise KnobRefused(name)
    if isinstance(current, tuple):
        return tuple(value)
    if isinstance(current, int | float):
        # Control bodies arrive with Decimal fractions; delays go to the threading module.
        return value if isinstance(value, int) else float(value)
    return value
