"""Many independent writes in few requests: DynamoDB takes 25 at once, or as many as it can."""

import time
from collections.abc import Iterable
from itertools import batched
from typing import Any

from freshet.adapters.dynamodb.table import Table
from freshet.domain.errors import StoreBusy

_MOST_AT_ONCE = 25
_PAUSES_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)


def write_all(table: Table, writes: Iterable[Any]) -> None:
    """Do writes that concern different keys, in their order; raises StoreBusy with some left."""
    for batch in batched(writes, _MOST_AT_ONCE, strict=False):
        _write_patiently(table, list(batch))


def _write_patiently(table: Table, left: list[Any]) -> None:
    for pause in _PAUSES_SECONDS:
        left = table.write_batch(left)
        if not left:
            return
        time.sleep(pause)
    if table.write_batch(left):
        raise StoreBusy(table.name)
