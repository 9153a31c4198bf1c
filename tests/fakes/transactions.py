"""Transactions in memory."""

from collections.abc import Sequence

from freshet.domain.transactions import Transaction


class FakeTransactions:
    """The port Transactions in memory: rows by day and id, pages from the newest backwards."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, Transaction]] = {}

    def store(self, user_id: str, account_id: str, transactions: Sequence[Transaction]) -> None:
        rows = self.rows.setdefault((user_id, account_id), {})
        rows.update({_mark(each): each for each in transactions})

    def page(
        self, user_id: str, account_id: str, *, limit: int, after: str | None
    ) -> tuple[Sequence[Transaction], str | None]:
        rows = self.rows.get((user_id, account_id), {})
        marks = sorted((mark for mark in rows if after is None or mark < after), reverse=True)
        more = marks[limit - 1] if len(marks) > limit else None
        return [rows[mark] for mark in marks[:limit]], more


def _mark(transaction: Transaction) -> str:
    return f"TRANSACTION#{transaction.happened_on}#{transaction.id}"
