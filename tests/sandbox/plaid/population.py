"""How Items and accounts come, break, recover and go."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from tests.sandbox.plaid.errors import PlaidRefusal
from tests.sandbox.plaid.events import event
from tests.sandbox.plaid.models import Account, History, Institution, Item, PublicToken
from tests.sandbox.plaid.portfolios import Portfolio
from tests.sandbox.plaid.transactions import history
from tests.sandbox.plaid.webhooks import WebhookSender
from tests.sandbox.plaid.world import World

PUBLIC_TOKEN_LIFETIME = timedelta(minutes=30)


class Population:
    """Changes who is there, and tells by webhook; the caller holds the lock."""

    def __init__(self, *, world: World, webhooks: WebhookSender) -> None:
        self._world = world
        self._webhooks = webhooks

    def add_item(
        self,
        institution: Institution,
        *,
        portfolios: Sequence[Portfolio],
        products: Sequence[str],
        webhook: str | None,
    ) -> Item:
        """Link an Item, as a user would; its holdings are there at once."""
        world = self._world
        item = Item(
            id=world.new_id(),
            access_token=world.new_token("access"),
            institution=institution,
            products=[],
            webhook=webhook,
            created_at=world.now(),
            last_successful_update=world.now(),
        )
        world.items[item.id] = item
        for product in products:
            self.add_product(item, product)
        for portfolio in portfolios:
            self.add_account(item, portfolio)
        if world.knobs.history_mode == "sync":
            item.history = History.READY
        return item

    def add_product(self, item: Item, product: str) -> None:
        """Add a product with its monthly subscription unless it is there."""
        if product not in item.products:
            item.products.append(product)
            self._world.subscribe(item, product)

    def add_account(self, item: Item, portfolio: Portfolio) -> Account:
        """Put an account in an Item."""
        account = Account(
            id=self._world.new_id(),
            name=portfolio.name,
            official_name=portfolio.official_name,
            mask=f"{len(item.accounts) + 1:04d}",
            type=portfolio.type,
            subtype=portfolio.subtype,
            currency=portfolio.currency,
            available=_number(portfolio.available),
            current=_number(portfolio.current),
            margin_loan=_number(portfolio.margin_loan),
            holdings=[dict(held) for held in portfolio.holdings],
        )
        item.securities |= {held["security_id"]: dict(held) for held in portfolio.securities}
        if account.type == "investment":
            account.transactions = history(account, until=self._world.now().date())
        item.accounts.append(account)
        return account

    def new_public_token(self, item: Item) -> str:
        """Return a token to exchange once."""
        token = self._world.new_token("public")
        expires_at = self._world.now() + PUBLIC_TOKEN_LIFETIME
        self._world.public_tokens[token] = PublicToken(item.id, expires_at)
        return token

    def break_item(self, item: Item, refusal: PlaidRefusal, *, is_announced: bool = True) -> None:
        """Put an Item in an error state."""
        item.error = refusal
        code = refusal.code if refusal.code == "USER_PERMISSION_REVOKED" else "ERROR"
        if is_announced:
            self.announce(item, "ITEM", code)

    def repair_item(self, item: Item, *, is_announced: bool = True) -> None:
        """End the error state; update mode in the customer's own app is not announced."""
        item.error = None
        if is_announced:
            self.announce(item, "ITEM", "LOGIN_REPAIRED")

    def rotate_token(self, item: Item) -> str:
        """Replace the access token; the old one is dead at once."""
        item.access_token = self._world.new_token("access")
        return item.access_token

    def remove_item(self, item: Item) -> None:
        """Remove an Item and end its subscriptions."""
        world = self._world
        world.removed_tokens.add(item.access_token)
        del world.items[item.id]
        for subscription in world.subscriptions:
            if subscription.item_id == item.id:
                subscription.ended_at = world.now()

    def revoke_account(self, item: Item, account: Account, *, is_announced: bool = True) -> None:
        """Take one account away, as its holder would at the institution."""
        item.accounts.remove(account)
        if is_announced:
            document = event(self._world, item, "ITEM", "USER_ACCOUNT_REVOKED")
            self._webhooks.send(item, document | {"account_id": account.id})

    def announce(self, item: Item, webhook_type: str, code: str) -> None:
        """Send a webhook with the fields of its type."""
        self._webhooks.send(item, event(self._world, item, webhook_type, code))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
