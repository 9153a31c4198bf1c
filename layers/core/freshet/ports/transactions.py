"""The store of what happened in accounts, as services see it."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from freshet.domain.days import DayRange
from freshet.domain.transaction_windows import Changes, StoredTransactions
from freshet.domain.transactions import Transaction


class Transactions(Protocol):
    """What happened in accounts."""

    def since(self, user_id: str, account_id: str, *, first: date | None) -> StoredTransactions:
        """Read all from a day on, oldest first, and how often they were changed."""

    def apply(self, user_id: str, account_id: str, changes: Changes, *, revision: int) -> None:
        """Write what is new or different and remove the rest, many at once; nothing for nothing.

        Raises ConcurrentChange, with all of it done, if another reader has changed them since
        `revision` was read: then neither knows what is right, and has to read again. Raises
        StoreBusy with some of it done, Erased with nothing left of it.
        """

    def page(
        self, user_id: str, account_id: str, *, days: DayRange, limit: int, after: str | None
    ) -> tuple[Sequence[Transaction], str | None]:
        """Read a page, newest first, and the mark after which the next one begins."""
