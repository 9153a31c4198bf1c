"""Transactions in memory."""

from collections.abc import Sequence
from datetime import date

from freshet.domain.days import DayRange
from freshet.domain.errors import ConcurrentChange, Erased
from freshet.domain.transaction_windows import Changes, StoredTransactions
from freshet.domain.transactions import Transaction

_Owner = tuple[str, str]


class FakeTransactions:
    """The port Transactions in memory: rows by day and id, pages from the newest backwards."""

    def __init__(self) -> None:
        self.rows: dict[_Owner, dict[str, Transaction]] = {}
        self.revisions: dict[_Owner, int] = {}
        self.writes = 0
        self.erased: set[_Owner] = set()

    def since(self, user_id: str, account_id: str, *, first: date | None) -> StoredTransactions:
        rows, owner = self.rows.get((user_id, account_id), {}), (user_id, account_id)
        kept = [rows[mark] for mark in sorted(rows) if first is None or mark >= str(first)]
        return StoredTransactions(transactions=kept, revision=self.revisions.get(owner, 0))

    def apply(self, user_id: str, account_id: str, changes: Changes, *, revision: int) -> None:
        if not changes:
            return
        owner = (user_id, account_id)
        if owner in self.erased:
            raise Erased(account_id)
        rows = self.rows.setdefault(owner, {})
        rows.update({_mark(each): each for each in changes.written})
        for each in changes.removed:
            rows.pop(_mark(each), None)
        self.writes += len(changes.written) + len(changes.removed)
        if self.revisions.get(owner, 0) != revision:
            raise ConcurrentChange(account_id)
        self.revisions[owner] = revision + 1

    def page(
        self, user_id: str, account_id: str, *, days: DayRange, limit: int, after: str | None
    ) -> tuple[Sequence[Transaction], str | None]:
        rows = self.rows.get((user_id, account_id), {})
        marks = [
            mark
            for mark in sorted(rows, reverse=True)
            if rows[mark].happened_on in days and (after is None or mark < after)
        ]
        more = marks[limit - 1] if len(marks) > limit else None
        return [rows[mark] for mark in marks[:limit]], more


def _mark(transaction: Transaction) -> str:
    return f"{transaction.happened_on}#{transaction.id}"
