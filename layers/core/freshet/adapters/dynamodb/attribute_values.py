"""Python values as DynamoDB's typed ones and back; boto3's own would load all of boto3."""

from collections.abc import Callable, Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any

# What DynamoDB keeps of a number; one that it would not keep whole is refused.
_NUMBERS = Context(
    prec=38, Emin=-128, Emax=126, traps=[Clamped, Overflow, Inexact, Rounded, Underflow]
)
_SET_TYPES: dict[type, str] = {str: "SS", int: "NS", Decimal: "NS", bytes: "BS"}


def to_attribute(value: Any) -> dict[str, Any]:
    """Write a value; raises TypeError for what has no type there, a float among them."""
    if value is None:
        return {"NULL": True}
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    raise TypeError(f"DynamoDB has no type for {type(value).__name__}")


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """Read a value; numbers are decimals."""
    ((kind, value),) = attribute.items()
    return _READERS[kind](value)


def _number(value: int | Decimal) -> str:
    number = _NUMBERS.create_decimal(value)
    if not number.is_finite():
        raise TypeError("DynamoDB has no infinity and no NaN")
    return str(number)


def _set(values: set[Any] | frozenset[Any]) -> dict[str, Any]:
    kinds = {_SET_TYPES.get(type(each)) for each in values}
    if len(kinds) != 1 or None in kinds:
        raise TypeError("a set holds texts, numbers or bytes alone, and at least one")
    (kind,) = kinds
    return {str(kind): [_number(each) if kind == "NS" else each for each in values]}


# A truth is a number, too: it comes before them.
_WRITERS: tuple[tuple[tuple[type, ...], Callable[[Any], dict[str, Any]]], ...] = (
    ((str,), lambda text: {"S": text}),
    ((bool,), lambda truth: {"BOOL": truth}),
    ((int, Decimal), lambda number: {"N": _number(number)}),
    ((bytes, bytearray), lambda content: {"B": content}),
    ((Mapping,), lambda items: {"M": {name: to_attribute(each) for name, each in items.items()}}),
    ((list, tuple), lambda items: {"L": [to_attribute(each) for each in items]}),
    ((set, frozenset), lambda values: _set(values)),
)
_READERS: dict[str, Callable[[Any], Any]] = {
    "NULL": lambda _: None,
    "BOOL": bool,
    "S": str,
    "N": _NUMBERS.create_decimal,
    "B": bytes,
    "SS": set,
    "NS": lambda texts: {_NUMBERS.create_decimal(each) for each in texts},
    "BS": lambda values: {bytes(each) for each in values},
    "M": lambda items: {name: from_attribute(each) for name, each in items.items()},
    "L": lambda items: [from_attribute(each) for each in items],
}
