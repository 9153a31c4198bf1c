"""Which fields a request may and must have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.plaid.errors import PlaidRefusal

CREDENTIALS = ("client_id", "secret")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request body; `members` describes an object, `items` the values of a list."""

    kind: type
    is_required: bool = False
    is_nullable: bool = False
    members: "Mapping[str, Field] | None" = None
    items: type | None = None


type Shape = Mapping[str, Field]

TEXT, FLAG, NUMBER, OBJECT = Field(str), Field(bool), Field(int), Field(dict)
TEXTS = Field(list, items=str)
REQUIRED_TEXT = Field(str, is_required=True)
REQUIRED_TEXTS = Field(list, is_required=True, items=str)
NULLABLE_TEXTS = Field(list, is_nullable=True, items=str)
NULLABLE_TEXT = Field(str, is_nullable=True)


def check_fields(body: Mapping[str, Any], shape: Shape) -> None:
    """Raise PlaidRefusal for unknown, then missing, then ill-typed fields."""
    known = {**shape, **dict.fromkeys(CREDENTIALS, TEXT)}
    unknown = _unknown(body, known, prefix="")
    if unknown:
        raise PlaidRefusal("UNKNOWN_FIELDS", ", ".join(unknown))
    missing = _missing(body, known, prefix="")
    if missing:
        raise PlaidRefusal("MISSING_FIELDS", ", ".join(missing))
    for name in _ill_typed(body, known, prefix=""):
        raise PlaidRefusal("INVALID_FIELD", f"{name} has the wrong type")


def _unknown(body: Mapping[str, Any], shape: Shape, *, prefix: str) -> list[str]:
    names = [f"{prefix}{name}" for name in body if name not in shape]
    for name, value, members in _objects(body, shape):
        names += _unknown(value, members, prefix=f"{prefix}{name}.")
    return names


def _missing(body: Mapping[str, Any], shape: Shape, *, prefix: str) -> list[str]:
    required = [name for name, field in shape.items() if field.is_required]
    names = [f"{prefix}{name}" for name in required if body.get(name) is None]
    for name, value, members in _objects(body, shape):
        names += _missing(value, members, prefix=f"{prefix}{name}.")
    return names


def _ill_typed(body: Mapping[str, Any], shape: Shape, *, prefix: str) -> list[str]:
    names = [f"{prefix}{name}" for name, value in body.items() if not _fits(value, shape[name])]
    for name, value, members in _objects(body, shape):
        names += _ill_typed(value, members, prefix=f"{prefix}{name}.")
    return names


def _objects(body: Mapping[str, Any], shape: Shape) -> list[tuple[str, Mapping[str, Any], Shape]]:
    return [
        (name, body[name], field.members)
        for name, field in shape.items()
        if field.members is not None and isinstance(body.get(name), dict)
    ]


def _fits(value: Any, field: Field) -> bool:
    if value is None:
        return field.is_nullable
    if field.items is not None and isinstance(value, list):
        return all(isinstance(item, field.items) for item in value)
    # A JSON true is no number, though Python thinks so.
    return isinstance(value, field.kind) and isinstance(value, bool) == (field.kind is bool)
