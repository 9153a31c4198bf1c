"""The limiter's row, in memory and as far away as DynamoDB is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from freshet.adapters.dynamodb.table import ConditionFailed, Table
from tests.benchmarks.virtual_time import VirtualTime

_ROUND_TRIP = timedelta(milliseconds=6)


class DistantBucket(Table):
    """A table of one row that knows the conditions of the limiter's updates."""

    def __init__(self, time: VirtualTime) -> None:
        unused: Any = None  # no request is made
        super().__init__(unused, "connections")
        self.updates = 0
        self._time = time
        self._row: dict[str, int] = {}

    def update(
        self,
        key: Mapping[str, str],
        expression: str,
        values: dict[str, Any],
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Change the row as DynamoDB does, all at once, half-way between question and answer."""
        self.updates += 1
        self._time.wait(_ROUND_TRIP / 2)
        after = self._after(expression, values)
        row = dict(self._row)
        if after is not None:
            self._row |= after
        self._time.wait(_ROUND_TRIP / 2)
        if after is None:
            raise ConditionFailed({name: {"N": str(each)} for name, each in row.items()})
        return row | after

    def _after(self, expression: str, values: dict[str, int]) -> dict[str, int] | None:
        full_at = self._row.get("full_at")
        if "+ :cost" in expression:
            holds = full_at is not None and values[":now"] <= full_at <= values[":latest"]
            return {"full_at": (full_at or 0) + values[":cost"]} if holds else None
        if ":start" in expression:
            holds = full_at is None or full_at < values[":now"]
            return {"full_at": values[":start"]} if holds else None
        holds = full_at is None or full_at < values[":full"]
        down = {"down_until": values[":until"]} if ":until" in values else {}
        return {"full_at": values[":full"], **down} if holds else None
