"""Transactions in SnapshotsTable: one row each, in the order of their days."""

from collections.abc import Sequence
from datetime import date

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.batches import write_all
from freshet.adapters.dynamodb.table import Item, Table, TransactionRefused
from freshet.domain.days import DayRange
from freshet.domain.errors import ConcurrentChange, Erased
from freshet.domain.money import optional_decimal
from freshet.domain.money import optional_decimal_to_text as text_of
from freshet.domain.transaction_windows import Changes, StoredTransactions
from freshet.domain.transactions import Transaction


class DynamoTransactions:
    """The port Transactions on SnapshotsTable."""

    def __init__(self, table: Table) -> None:
        """Bind to SnapshotsTable."""
        self._table = table

    def since(self, user_id: str, account_id: str, *, first: date | None) -> StoredTransactions:
        """Read all from a day on, oldest first, and how often they were changed."""
        items = list(self._table.query_between(*keys.transactions_from(user_id, account_id, first)))
        behind = keys.transactions_revision(user_id, account_id)["SK"]
        is_changed = bool(items) and items[-1]["SK"] == behind
        return StoredTransactions(
            transactions=[_from_item(each) for each in items if each["SK"] != behind],
            revision=int(items[-1]["revision"]) if is_changed else 0,
        )

    def apply(self, user_id: str, account_id: str, changes: Changes, *, revision: int) -> None:
        """Write what is new or different and remove the rest, many at once; nothing for nothing.

        Raises ConcurrentChange, StoreBusy, and Erased, with what it wrote taken out again.
        """
        if not changes:
            return
        table, owner = self._table, (user_id, account_id)
        written = [table.batch_put(_to_item(*owner, each)) for each in changes.written]
        removed = [table.batch_delete(_key(*owner, each)) for each in changes.removed]
        # What is new first: a reader in between may see a correction twice, but misses none.
        write_all(table, [*written, *removed])
        # Last: another reader that finished meanwhile may have been written over, or have done so.
        counted = table.putting(
            {**keys.transactions_revision(*owner), "revision": revision + 1},
            condition="attribute_not_exists(PK) OR revision = :known",
            values={":known": revision},
        )
        try:
            table.transact(table.checking(keys.erased(*owner), "attribute_not_exists(PK)"), counted)
        except TransactionRefused as refused:
            if 0 not in refused.failed:
                raise ConcurrentChange(account_id) from refused
            write_all(table, [table.batch_delete(_key(*owner, each)) for each in changes.written])
            raise Erased(account_id) from refused

    def page(
        self, user_id: str, account_id: str, *, days: DayRange, limit: int, after: str | None
    ) -> tuple[Sequence[Transaction], str | None]:
        """Read a page, newest first, and the mark after which the next one begins."""
        partition, first, last = keys.transactions_within(user_id, account_id, days)
        done = None if after is None else keys.TRANSACTION_PREFIX + after
        last = last if done is None else min(last, done)
        if last < first:
            return [], None
        # Two more than wanted: the one that ended the page before, and one that tells of another.
        items, is_more = self._table.page_between(partition, first, last, limit=limit + 2)
        left = [each for each in items if each["SK"] != done]
        shown = left[:limit]
        is_last = not shown or (len(left) == len(shown) and not is_more)
        mark = None if is_last else shown[-1]["SK"].removeprefix(keys.TRANSACTION_PREFIX)
        return [_from_item(each) for each in shown], mark


def _key(user_id: str, account_id: str, transaction: Transaction) -> keys.Key:
    day = transaction.happened_on.isoformat()
    return keys.transaction(user_id, account_id, day, transaction.id)


def _to_item(user_id: str, account_id: str, transaction: Transaction) -> Item:
    return {
        **_key(user_id, account_id, transaction),
        "id": transaction.id,
        "happened_on": transaction.happened_on.isoformat(),
        "settled_on": transaction.settled_on.isoformat() if transaction.settled_on else None,
        "type": transaction.type,
        "description": transaction.description,
        "symbol": transaction.symbol,
        "units": text_of(transaction.units),
        "price": text_of(transaction.price),
        "amount": text_of(transaction.amount),
        "fee": text_of(transaction.fee),
        "currency": transaction.currency,
        "provider_id": transaction.provider_id,
        "group": transaction.group,
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
        provider_id=item.get("provider_id"),
        group=item.get("group"),
        source=item["source"],
    )
