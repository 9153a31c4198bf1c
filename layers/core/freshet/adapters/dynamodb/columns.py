"""Rows of JSON as columns: what every row repeats is said once, and like stands beside like.

A column is `{"all": value}` where all rows agree, `{"as": name}` where it equals another one,
`{"split": "a|b"}` where it is texts without that mark, else the list of its values. Rows may differ
in their members: each has one of a few shapes.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from freshet.domain.money import decimal_to_text

Row = dict[str, Any]
Sheet = dict[str, list[Any]]
"""Columns by name, a value or None for each row."""

_ROWS = "rows!"
_DOT = "."
_MARK = "|"


def to_columns(document: Any) -> Any:
    """Turn every list of objects in a document, but those within such a list, into columns.

    Raises ValueError for a member whose name means something here.
    """
    if isinstance(document, dict):
        if _ROWS in document:
            raise ValueError(f"a member is called {_ROWS}")
        return {name: to_columns(value) for name, value in document.items()}
    if _is_table(document):
        return {_ROWS: _transposed(document)}
    return document


def from_columns(document: Any) -> Any:
    """Turn columns back into lists of objects."""
    if isinstance(document, dict):
        if document.keys() == {_ROWS}:
            return _restored(document[_ROWS])
        return {name: from_columns(value) for name, value in document.items()}
    return document


def sheets_of(document: Any, *, row_count: int, path: str = "") -> Sheet:
    """Give the columns of all lists of that many objects, numbers as text."""
    found: Sheet = {}
    if isinstance(document, dict):
        for name, value in document.items():
            found |= sheets_of(value, row_count=row_count, path=f"{path}{name}/")
    elif _is_table(document) and len(document) == row_count:
        rows = [dict(_leaves(row)) for row in document]
        for name in dict.fromkeys(name for row in rows for name in row):
            found[path + name] = [_text_of(row.get(name)) for row in rows]
    return found


def to_short(values: Sequence[Any], others: Mapping[str, Sequence[Any]]) -> Any:
    """Say a column as briefly as can be; `others` are the columns it may be equal to."""
    if all(_is_same(value, values[0]) for value in values):
        return {"all": values[0]}
    same = next((name for name, other in others.items() if _are_equal(values, other)), None)
    if same is not None:
        return {"as": same}
    is_plain = all(isinstance(value, str) and _MARK not in value for value in values)
    return {"split": _MARK.join(values)} if is_plain else list(values)


def from_short(short: Any, others: Mapping[str, Sequence[Any]], *, row_count: int) -> Sequence[Any]:
    """Say a column in full."""
    if not isinstance(short, dict):
        return list(short)
    if "split" in short:
        return str(short["split"]).split(_MARK)
    return others[short["as"]] if "as" in short else [short["all"]] * row_count


def _is_table(document: Any) -> bool:
    return (
        isinstance(document, list)
        and len(document) > 1
        and all(isinstance(row, dict) and row for row in document)
    )


def _transposed(rows: list[Row]) -> dict[str, Any]:
    shapes: dict[tuple[str, ...], int] = {}
    places, columns = [], Sheet()
    for row in rows:
        leaves = dict(_leaves(row))
        places.append(shapes.setdefault(tuple(leaves), len(shapes)))
        for name, value in leaves.items():
            columns.setdefault(name, []).append(value)
    short: dict[str, Any] = {}
    full: Sheet = {}
    for name, values in columns.items():
        short[name] = to_short(values, full)
        full[name] = values
    return {
        "shapes": [list(each) for each in shapes],
        "of": to_short(places, {}),
        "in": short,
        "count": len(rows),
    }


def _restored(table: dict[str, Any]) -> list[Row]:
    places = from_short(table["of"], {}, row_count=table["count"])
    shapes = table["shapes"]
    full: Sheet = {}
    for name, short in table["in"].items():
        count = sum(name in shapes[place] for place in places)
        full[name] = list(from_short(short, full, row_count=count))
    values = {name: iter(column) for name, column in full.items()}
    return [_nested({name: next(values[name]) for name in shapes[place]}) for place in places]


def _leaves(row: Row, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if _DOT in name:
            raise ValueError("a member's name looks like a path")
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{path}{name}{_DOT}")
        else:
            yield path + name, value


def _nested(leaves: Mapping[str, Any]) -> Row:
    row: Row = {}
    for path, value in leaves.items():
        *outer, last = path.split(_DOT)
        inside = row
        for name in outer:
            inside = inside.setdefault(name, {})
        inside[last] = value
    return row


def _are_equal(one: Sequence[Any], other: Sequence[Any]) -> bool:
    # By their texts: 1, True and Decimal("1.0") are equal in Python.
    return len(one) == len(other) and all(map(_is_same, one, other))


def _is_same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def _text_of(value: Any) -> Any:
    return decimal_to_text(value) if isinstance(value, Decimal) else value
