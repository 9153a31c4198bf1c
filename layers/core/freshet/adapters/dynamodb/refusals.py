"""Why DynamoDB did not write: a condition did not hold."""

from collections.abc import Sequence
from typing import Any

from freshet.adapters.dynamodb.wire import plain
from freshet.domain.errors import ConcurrentChange


class TransactionRefused(Exception):
    """A transaction was cancelled; `failed` names the positions whose condition did not hold."""

    def __init__(self, failed: Sequence[int]) -> None:
        """Keep the positions."""
        super().__init__(f"conditions failed at {list(failed)}")
        self.failed = failed


class ConditionFailed(ConcurrentChange):
    """A condition did not hold; `current` is the row as it stands, where it was asked for."""

    def __init__(self, item: Any) -> None:
        """Keep the row."""
        super().__init__("condition failed")
        self.current = plain(item) if item else None
