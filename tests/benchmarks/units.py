"""Requests to DynamoDB and what they take: units counted by the sizes of the rows they touch."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Row = Mapping[str, Any]

_READ_UNIT, _WRITE_UNIT = 4096, 1024
_TRANSACTION = 2  # everything in one counts twice
_TYPES = frozenset(("S", "N", "B", "L", "M", "BOOL", "NULL"))


@dataclass(slots=True)
class Taken:
    """What some requests took: how many of each kind there were, and their units."""

    kinds: Counter[str] = field(default_factory=Counter)
    read_units: int = 0
    write_units: int = 0


def row_size(value: Any) -> int:
    """Count bytes as DynamoDB does: names and values as UTF-8, lists with a little on top."""
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _TYPES:
        ((kind, content),) = value.items()
        if kind == "L":
            return 3 + sum(1 + row_size(each) for each in content)
        if kind == "M":
            return 3 + sum(
                1 + len(name.encode()) + row_size(each) for name, each in content.items()
            )
        if kind == "S":
            return len(content.encode())
        if kind == "N":
            return (len(content) + 1) // 2 + 1
        return len(content) if kind == "B" else 1
    return sum(len(name.encode()) + row_size(each) for name, each in value.items())


def write_units(size: int) -> int:
    """Count the units of writing one row."""
    return max(1, -(-size // _WRITE_UNIT))


def read_units(size: int) -> int:
    """Count the units of reading so much, consistently."""
    return max(1, -(-size // _READ_UNIT))


class Meter:
    """Watches one client; another one looks the rows up, unwatched."""

    def __init__(self, watched: "DynamoDBClient", beside: "DynamoDBClient") -> None:
        self._beside = beside
        self._taken: Taken | None = None
        self._sizes: list[tuple[str, Row, int]] = []
        watched.meta.events.register("provide-client-params.dynamodb", self._before)
        watched.meta.events.register("after-call.dynamodb", self._after)

    @contextmanager
    def watching(self) -> Iterator[Taken]:
        """Add up what is done in here."""
        self._taken = Taken()
        try:
            yield self._taken
        finally:
            self._taken = None

    def _before(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self._taken is not None:
            places = _written(model.name, params)
            self._sizes = [(table, key, self._size(table, key)) for table, key in places]

    def _after(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if self._taken is None:
            return
        self._taken.kinds[model.name] += 1
        each = _TRANSACTION if model.name == "TransactWriteItems" else 1
        for table, key, before in self._sizes:
            self._taken.write_units += each * write_units(max(before, self._size(table, key)))
        self._taken.read_units += _read(model.name, parsed)

    def _size(self, table: str, key: Row) -> int:
        item = self._beside.get_item(TableName=table, Key=dict(key), ConsistentRead=True)
        return row_size(item.get("Item", {}))


def _written(name: str, params: dict[str, Any]) -> Iterator[tuple[str, Row]]:
    if name in ("PutItem", "UpdateItem"):
        yield params["TableName"], _key(params)
    if name == "TransactWriteItems":
        for write in params["TransactItems"]:
            ((_, what),) = write.items()
            yield what["TableName"], _key(what)
    if name == "BatchWriteItem":
        for table, writes in params["RequestItems"].items():
            for write in writes:
                ((_, what),) = write.items()
                yield table, _key(what)


def _key(what: dict[str, Any]) -> Row:
    return dict(what["Key"]) if "Key" in what else {each: what["Item"][each] for each in _KEY}


_KEY = ("PK", "SK")


def _read(name: str, answer: dict[str, Any]) -> int:
    if name == "GetItem":
        return read_units(row_size(answer.get("Item", {})))
    if name == "BatchGetItem":
        rows = (row for rows in answer["Responses"].values() for row in rows)
        return sum(read_units(row_size(row)) for row in rows)
    if name == "Query":
        return read_units(sum(row_size(row) for row in answer["Items"]))
    return 0
