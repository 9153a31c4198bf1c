"""Accounts as listed by the provider, in ConnectionsTable."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.stored_forms import StoredForm
from freshet.adapters.dynamodb.table import Item, Table, TransactionRefused
from freshet.adapters.dynamodb.values import (
    bases_from_item,
    bases_to_item,
    money_from_item,
    money_to_item,
)
from freshet.domain.account import Account, AccountReport, AccountStatus
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import ConcurrentChange, Erased, MigratedAccounts, NotFound
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text


class DynamoAccounts:
    """The port Accounts on one table."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def get(self, user_id: str, account_id: str) -> Account:
        """Read one; raises NotFound."""
        item = self._table.get(keys.account(user_id, account_id))
        if item is None:
            raise NotFound(account_id)
        return account_from_item(item)

    def of_user(self, user_id: str) -> Sequence[Account]:
        """List a user's accounts, closed ones included, in the order of their ids."""
        prefix = keys.account(user_id, "")
        return [account_from_item(each) for each in self._table.query(prefix["PK"], prefix["SK"])]

    def of_connection(self, connection: Connection) -> Sequence[Account]:
        """List a connection's accounts, closed ones included, in the order of their ids."""
        wanted = [keys.account(connection.user_id, each) for each in sorted(connection.account_ids)]
        found = {item["SK"]: account_from_item(item) for item in self._table.get_many(wanted)}
        accounts = (found[key["SK"]] for key in wanted if key["SK"] in found)
        # One may have passed to another connection since this one was read.
        return [each for each in accounts if each.connection_id == connection.id]

    def save(self, account: Account) -> None:
        """Store an account as its connection lists it now; raises Erased, PassedOn."""
        item = account_to_item(account)
        own = {":own": account.connection_id}
        try:
            self._table.put(item, condition="connection_id = :own", values=own)
        except ConcurrentChange:
            self._add(account, item)

    def _add(self, account: Account, item: Item) -> None:
        # A reader that comes late must not bring an account back that was erased a moment ago.
        new = self._table.putting(item, condition="attribute_not_exists(PK)")
        try:
            self._table.transact(listing(self._table, account), new)
        except TransactionRefused as refused:
            raise (Erased if 0 in refused.failed else MigratedAccounts)(account.id) from refused


def listing(table: Table, account: Account) -> dict[str, Any]:
    """Describe for a transaction that a connection has one more account; not on its way out."""
    return table.updating(
        keys.connection(account.user_id, account.connection_id),
        "SET account_ids = list_append(account_ids, :new), version = version + :one",
        {":new": [account.id], ":one": 1, ":removing": str(ConnectionStatus.REMOVING)},
        condition="attribute_exists(PK) AND #status <> :removing",
        names={"#status": "status"},
    )


def account_to_item(account: Account) -> Item:
    """Give an account the shape of its row."""
    report = account.report
    # Every field of a report is a row attribute of its own name; three are no plain text.
    plain = {name: getattr(report, name) for name in report.__struct_fields__}
    return {
        **keys.account(account.user_id, account.id),
        "format": _FORM.newest,
        "id": account.id,
        "user_id": account.user_id,
        "connection_id": account.connection_id,
        "created_at": to_text(account.created_at),
        "transactions_read_to": _day_to_text(account.transactions_read_to),
        "transactions_read_at": optional_to_text(account.transactions_read_at),
        "history_read_at": optional_to_text(account.history_read_at),
        "failed_parts": list(account.failed_parts),
        "price_bases": bases_to_item(account.price_bases),
        **plain,
        "status": str(report.status),
        "synced_at": optional_to_text(report.synced_at),
        "transactions_synced_on": _day_to_text(report.transactions_synced_on),
        "value": None if report.value is None else money_to_item(report.value),
    }


def account_from_item(item: Item) -> Account:
    """Read an account from its row."""
    return _FORM.reader_of(item)(item)


def _from_format_1(item: Item) -> Account:
    plain: dict[str, Any] = {name: item.get(name) for name in AccountReport.__struct_fields__}
    special: dict[str, Any] = {
        "status": AccountStatus(item["status"]),
        "synced_at": optional_from_text(item.get("synced_at")),
        "transactions_synced_on": _day_from_text(item.get("transactions_synced_on")),
        "value": money_from_item(item["value"]) if "value" in item else None,
    }
    return Account(
        id=item["id"],
        user_id=item["user_id"],
        connection_id=item["connection_id"],
        created_at=from_text(item["created_at"]),
        transactions_read_to=_day_from_text(item.get("transactions_read_to")),
        transactions_read_at=optional_from_text(item.get("transactions_read_at")),
        history_read_at=optional_from_text(item.get("history_read_at")),
        failed_parts=tuple(item["failed_parts"]),
        price_bases=bases_from_item(item.get("price_bases")),
        report=AccountReport(**(plain | special)),
    )


_FORM = StoredForm("an account", _from_format_1)


def _day_to_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day_from_text(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
