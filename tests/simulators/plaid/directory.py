"""Where Items and accounts are found: by id and by token, never by looking through all."""

import re
from collections.abc import Callable

from tests.simulators.plaid.declared import DeclaredIds
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.models import Account, Item


class Directory:
    """The Items that exist, and the way to those that are only declared.

    The caller holds the lock.
    """

    def __init__(self, ids: DeclaredIds, *, environment: str) -> None:
        self.items: dict[str, Item] = {}
        self.settled: set[int] = set()
        self.settle: Callable[[int], Item]
        self._ids = ids
        self._token_pattern = re.compile(rf"access-{environment}-[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}"
                                         r"-[0-9a-f]{12}")  # fmt: skip
        self._by_token: dict[str, Item] = {}
        self._removed_tokens: set[str] = set()
        self._accounts: dict[str, tuple[Item, Account]] = {}

    def add(self, item: Item) -> None:
        """Enter a new Item."""
        self.items[item.id] = item
        self._by_token[item.access_token] = item

    def add_account(self, item: Item, account: Account) -> None:
        """Enter a new account of an Item."""
        self._accounts[account.id] = item, account

    def remove(self, item: Item) -> None:
        """Strike out an Item; its token is remembered as one of a removed Item."""
        del self.items[item.id]
        del self._by_token[item.access_token]
        self._removed_tokens.add(item.access_token)
        for account_id in [*(account.id for account in item.accounts), *item.vanished]:
            del self._accounts[account_id]

    def remove_account(self, account: Account) -> None:
        """Strike out an account."""
        del self._accounts[account.id]

    def rename_account(self, account: Account, account_id: str) -> None:
        """Enter an account under another id."""
        item, _ = self._accounts.pop(account.id)
        account.id = account_id
        self.add_account(item, account)

    def change_token(self, item: Item, access_token: str) -> None:
        """Give an Item another token; the old one is dead at once."""
        del self._by_token[item.access_token]
        item.access_token = access_token
        self._by_token[access_token] = item

    def item_with_token(self, access_token: str) -> Item:
        """Return the Item of a living token; raises PlaidRefusal."""
        if not self._token_pattern.fullmatch(access_token):
            raise PlaidRefusal("INVALID_ACCESS_TOKEN")
        if access_token in self._removed_tokens:
            raise PlaidRefusal("ITEM_NOT_FOUND")
        item = self._by_token.get(access_token)
        item = item or self._settled_now(self._ids.index_of_token(access_token))
        if item is None:
            raise PlaidRefusal("INVALID_ACCESS_TOKEN")
        return item

    def item(self, item_id: str) -> Item:
        """Return an Item by its id; raises PlaidRefusal."""
        item = self.items.get(item_id) or self._settled_now(self._ids.index_of_item(item_id))
        if item is None:
            raise PlaidRefusal("ITEM_NOT_FOUND")
        return item

    def account(self, account_id: str) -> tuple[Item, Account]:
        """Return an account and its Item, also when it vanished; raises PlaidRefusal."""
        if account_id not in self._accounts:
            self._settled_now(self._ids.index_of_account(account_id))
        if account_id not in self._accounts:
            raise PlaidRefusal("INVALID_ACCOUNT_ID", account_id)
        return self._accounts[account_id]

    def _settled_now(self, index: int | None) -> Item | None:
        # A settled Item that is not found by this id has lost it.
        if index is None or index in self.settled:
            return None
        return self.settle(index)
