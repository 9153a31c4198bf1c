"""Values of the domain as JSON values: numbers and days as text, tuples as lists, records by name.

The fields of a class are the only list of what a record has: nothing lists them again.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import Struct

from freshet.domain.instants import from_text, to_text
from freshet.domain.money import decimal_to_text, stored_decimal


def to_plain(value: Any) -> Any:
    """Give a value the shape of a JSON value."""
    match value:
        case Decimal():
            return decimal_to_text(value)
        case datetime():
            return to_text(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return [to_plain(each) for each in value]
        case Struct():
            return {name: to_plain(getattr(value, name)) for name in value.__struct_fields__}
    return value


def from_plain(kind: Any, plain: Any) -> Any:
    """Read a value of a kind; a field that an older record lacks has its default."""
    return _reader(kind)(plain)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    if get_origin(kind) is tuple:
        each = _reader(get_args(kind)[0])
        return lambda plain: tuple(each(one) for one in plain)
    if isinstance(kind, UnionType):
        (inner,) = (_reader(one) for one in get_args(kind) if one is not NoneType)
        return lambda plain: None if plain is None else inner(plain)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _record_reader(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    return _READERS.get(kind, lambda plain: plain)


_READERS: dict[Any, Callable[[Any], Any]] = {
    int: int,  # a table gives numbers of its own kind
    Decimal: stored_decimal,
    datetime: from_text,
    date: date.fromisoformat,
}


def _record_reader(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {name: _reader(hints[name]) for name in kind.__struct_fields__}
    return lambda plain: kind(**{name: readers[name](value) for name, value in plain.items()})
