"""Records of the domain in their shapes: a shape's fields are the only list of what is shown."""

from collections.abc import Callable, Iterable
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from freshet.domain.plain_values import to_plain


def shape_of[Shown](shape: Callable[..., Shown], record: object) -> Shown:
    """Show the attributes of a record that its shape names, numbers and days as text."""
    shown: Shown = _converter(shape)(record)
    return shown


def shapes_of[Shown](shape: Callable[..., Shown], records: Iterable[object]) -> list[Shown]:
    """Show several."""
    return [shape_of(shape, each) for each in records]


@cache
def _converter(kind: Any) -> Callable[[Any], Any]:
    if is_typeddict(kind):
        members = {name: _converter(hint) for name, hint in get_type_hints(kind).items()}
        return lambda record: {
            name: convert(getattr(record, name)) for name, convert in members.items()
        }
    if get_origin(kind) is list:
        each = _converter(get_args(kind)[0])
        return lambda records: [each(one) for one in records]
    if isinstance(kind, UnionType):
        (inner,) = (_converter(one) for one in get_args(kind) if one is not NoneType)
        return lambda record: None if record is None else inner(record)
    return to_plain
