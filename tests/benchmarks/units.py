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
_STORED_BESIDE = 100  # bytes that each row takes more than it has
_TRANSACTION = 2  # everything in one counts twice
_TYPES = frozenset(("S", "N", "B", "L", "M", "BOOL", "NULL"))


@dataclass(slots=True)
class Taken:
    """What some requests took: how many of each kind there were, their units, and bytes."""

    kinds: Counter[str] = field(default_factory=Counter)
    read_units: int = 0
    write_units: int = 0
    index_units: int = 0
    lasting_bytes: int = 0
    passing_bytes: int = 0
    events: int = 0
    calls: int = 0
    log_bytes: int = 0


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


def index_units(before: Row, after: Row) -> int:
    """Count the writes of an index of keys: a row enters it, leaves it, or is put elsewhere."""
    entries = [tuple(row[name]["S"] for name in _INDEXED if name in row) for row in (before, after)]
    return 0 if entries[0] == entries[1] else sum(len(each) == len(_INDEXED) for each in entries)


def read_units(size: int) -> int:
    """Count the units of reading so much, consistently."""
    return max(1, -(-size // _READ_UNIT))


def _stored_bytes(row: Row) -> int:
    return row_size(row) + _STORED_BESIDE if row else 0


class Meter:
    """Watches one client; another one looks the rows up, unwatched."""

    def __init__(self, watched: "DynamoDBClient", beside: "DynamoDBClient") -> None:
        self._beside = beside
        self._taken: Taken | None = None
        self._rows: list[tuple[str, Row, Row]] = []
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
            self._rows = [(table, key, self._row(table, key)) for table, key in places]

    def _after(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        taken = self._taken
        if taken is None:
            return
        taken.kinds[model.name] += 1
        each = _TRANSACTION if model.name == "TransactWriteItems" else 1
        for table, key, before in self._rows:
            after = self._row(table, key)
            taken.write_units += each * write_units(max(row_size(before), row_size(after)))
            taken.index_units += index_units(before, after)
            more = _stored_bytes(after) - _stored_bytes(before)
            if "expires_at" in (after or before):
                taken.passing_bytes += more
            else:
                taken.lasting_bytes += more
        taken.read_units += _read(model.name, parsed)

    def _row(self, table: str, key: Row) -> Row:
        found = self._beside.get_item(TableName=table, Key=dict(key), ConsistentRead=True)
        return found.get("Item", {})


def _written(name: str, params: dict[str, Any]) -> Iterator[tuple[str, Row]]:
    if name in ("PutItem", "UpdateItem", "DeleteItem"):
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
_INDEXED = ("due_shard", "due_at")


def _read(name: str, answer: dict[str, Any]) -> int:
    if name == "GetItem":
        return read_units(row_size(answer.get("Item", {})))
    if name == "BatchGetItem":
        rows = (row for rows in answer["Responses"].values() for row in rows)
        return sum(read_units(row_size(row)) for row in rows)
    if name == "Query":
        return read_units(sum(row_size(row) for row in answer["Items"]))
    return 0
