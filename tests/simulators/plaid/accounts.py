"""How single accounts of an Item come, go and change."""

from collections.abc import Collection, Sequence

from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.events import event
from tests.simulators.plaid.models import Account, Item
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.portfolio import Portfolio
from tests.simulators.plaid.webhooks import WebhookSender
from tests.simulators.plaid.world import World


class Accounts:
    """What happens to accounts at the institution; the caller holds the lock."""

    def __init__(self, *, world: World, population: Population, webhooks: WebhookSender) -> None:
        self._world = world
        self._population = population
        self._webhooks = webhooks

    def revoke(self, account_id: str, *, is_announced: bool) -> None:
        """Take one account away for good, as its holder would at the institution."""
        item, account = self._world.account(account_id)
        self._drop(item, account)
        if is_announced:
            document = event(self._world, item, "ITEM", "USER_ACCOUNT_REVOKED")
            self._webhooks.send(item, document | {"account_id": account.id})

    def churn(self, account_id: str) -> str:
        """Give an account another id, as if it could not be matched any more."""
        item, account = self._world.account(account_id)
        was_vanished = item.vanished.pop(account.id, None) is not None
        self._world.directory.rename_account(account, self._world.new_id())
        if was_vanished:
            item.vanished[account.id] = account
        for transaction in account.transactions:
            transaction["account_id"] = account.id
        return account.id

    def vanish(self, account_id: str) -> None:
        """Let an account disappear without a word; it may come back under its id."""
        item, account = self._world.account(account_id)
        if account in item.accounts:
            item.accounts.remove(account)
            item.vanished[account.id] = account

    def bring_back(self, account_id: str) -> None:
        """Let a vanished account appear again; raises PlaidRefusal when it did not vanish."""
        item, account = self._world.account(account_id)
        if account.id not in item.vanished:
            raise PlaidRefusal("INVALID_ACCOUNT_ID", account_id)
        item.accounts.append(item.vanished.pop(account.id))

    def offer(self, item: Item, portfolios: Sequence[Portfolio], *, is_announced: bool) -> None:
        """Let the institution have accounts that the user has not shared yet."""
        item.offered.extend(portfolios)
        if is_announced:
            self._population.announce(item, "ITEM", "NEW_ACCOUNTS_AVAILABLE")

    def share_offered(self, item: Item) -> None:
        """Share every account on offer, as the user does in update mode."""
        for portfolio in item.offered:
            self._population.add_account(item, portfolio)
        item.offered = []

    def keep_only(self, item: Item, account_ids: Collection[str]) -> None:
        """Stop sharing all other accounts; raises PlaidRefusal for ids of no account here."""
        for account_id in account_ids:
            owner, _ = self._world.account(account_id)
            if owner is not item:
                raise PlaidRefusal("INVALID_ACCOUNT_ID", account_id)
        for account in [each for each in item.accounts if each.id not in account_ids]:
            self._drop(item, account)

    def _drop(self, item: Item, account: Account) -> None:
        if item.vanished.pop(account.id, None) is None:
            # By identity: two accounts may look alike.
            item.accounts = [each for each in item.accounts if each is not account]
        self._world.directory.remove_account(account)
