"""Transactions in SnapshotsTable: one row each, in the order of their days."""

from collections.abc import Sequence
from datetime import date

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Item, Table
from freshet.domain.money import optional_decimal
from freshet.domain.money import optional_decimal_to_text as text_of
from freshet.domain.transactions import Transaction


class DynamoTransactions:
    """The port Transactions on SnapshotsTable."""

    def __init__(self, table: Table) -> None:
        """Bind to SnapshotsTable."""
        self._table = table

    def store(self, user_id: str, account_id: str, transactions: Sequence[Transaction]) -> None:
        """Write transactions; one that is there already is written over with itself."""
        for transaction in transactions:
            self._table.put(_to_item(user_id, account_id, transaction))

    def page(
        self, user_id: str, account_id: str, *, limit: int, after: str | None
    ) -> tuple[Sequence[Transaction], str | None]:
        """Read a page, newest first, and the mark after which the next one begins."""
        prefix = keys.transaction(user_id, account_id, "", "")
        items, more = self._table.query_page(
            prefix["PK"], keys.TRANSACTION_PREFIX, limit=limit, after=after
        )
        return [_from_item(item) for item in items], more


def _to_item(user_id: str, account_id: str, transaction: Transaction) -> Item:
    day = transaction.happened_on.isoformat()
    return {
        **keys.transaction(user_id, account_id, day, transaction.id),
        "id": transaction.id,
        "happened_on": day,
        "settled_on": transaction.settled_on.isoformat() if transaction.settled_on else None,
        "type": transaction.type,
        "description": transaction.description,
        "symbol": transaction.symbol,
        "units": text_of(transaction.units),
        "price": text_of(transaction.price),
        "amount": text_of(transaction.amount),
        "fee": text_of(transaction.fee),
        "currency": transaction.currency,
        "source": transaction.source,
    }


def _from_item(item: Item) -> Transaction:
    settled_on = item.get("settled_on")
    return Transaction(
        id=item["id"],
        happened_on=date.fromisoformat(item["happened_on"]),
        settled_on=date.fromisoformat(settled_on) if settled_on else None,
        type=item["type"],
        description=item.get("description"),
        symbol=item.get("symbol"),
        units=optional_decimal(item.get("units")),
        price=optional_decimal(item.get("price")),
        amount=optional_decimal(item.get("amount")),
        fee=optional_decimal(item.get("fee")),
        currency=item.get("currency"),
        source=item["source"],
    )
