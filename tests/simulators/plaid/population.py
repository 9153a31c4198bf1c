"""How Items and accounts come, break, recover and go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.events import event
from tests.simulators.plaid.instruments import opaque_id
from tests.simulators.plaid.market import date_prices
from tests.simulators.plaid.models import Account, Institution, Item, PublicToken
from tests.simulators.plaid.portfolio import Portfolio
from tests.simulators.plaid.transactions import history
from tests.simulators.plaid.webhooks import WebhookSender
from tests.simulators.plaid.world import World

PUBLIC_TOKEN_LIFETIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The ids of an Item whose ids were known before it existed."""

    item_id: str
    access_token: str
    account_ids: Sequence[str]
    created_at: datetime


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
        consented: Sequence[str] = (),
        user_id: str | None = None,
        holder: str | None = None,
        identity: Identity | None = None,
    ) -> Item:
        """Link an Item, as a user would; its holdings are there at once."""
        identity = identity or self._new_identity(len(portfolios))
        item = Item(
            id=identity.item_id,
            access_token=identity.access_token,
            user_id=user_id or f"usr_{opaque_id('user', identity.item_id)[:14]}",
            institution=institution,
            holder=holder,
            products=[],
            consented=list(dict.fromkeys([*products, *consented])),
            webhook=webhook,
            created_at=identity.created_at,
            login_since=identity.created_at,
            last_successful_update=identity.created_at,
        )
        self._world.directory.add(item)
        for product in products:
            self.add_product(item, product, since=identity.created_at)
        for portfolio, account_id in zip(portfolios, identity.account_ids, strict=True):
            self.add_account(item, portfolio, account_id=account_id)
        return item

    def add_product(self, item: Item, product: str, *, since: datetime | None = None) -> None:
        """Add a product with its monthly subscription unless it is there."""
        if product not in item.products:
            item.products.append(product)
            self._world.subscribe(item, product, since=since)

    def add_account(
        self, item: Item, portfolio: Portfolio, *, account_id: str | None = None
    ) -> Account:
        """Put an account in an Item."""
        place = len(item.accounts) + len(item.vanished)
        account = Account(
            id=account_id or self._world.new_id(),
            name=portfolio.name,
            official_name=portfolio.official_name,
            mask=f"{place + 1:04d}",
            type=portfolio.type,
            subtype=portfolio.subtype,
            currency=portfolio.currency,
            persistent_id=_persistent_id(item, portfolio, place),
            available=_number(portfolio.available),
            current=_number(portfolio.current),
            margin_loan=_number(portfolio.margin_loan),
            unlisted_cash=_number(portfolio.unlisted_cash),
            is_before_debt=portfolio.is_before_debt,
            price_times=portfolio.price_times,
            dated=_dated(portfolio),
            holdings=[dict(held) for held in portfolio.holdings],
        )
        date_prices(account, now=item.last_successful_update or item.created_at)
        item.securities |= {held["security_id"]: dict(held) for held in portfolio.securities}
        if account.type == "investment":
            account.transactions = history(account, until=item.created_at.date())
        item.accounts.append(account)
        self._world.directory.add_account(item, account)
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
        item.login_since = self._world.now()
        item.consent_expires_at = item.disconnects_at = None
        if is_announced:
            self.announce(item, "ITEM", "LOGIN_REPAIRED")

    def rotate_token(self, item: Item) -> str:
        """Replace the access token; the old one is dead at once."""
        self._world.directory.change_token(item, self._world.new_token("access"))
        return item.access_token

    def remove_item(self, item: Item) -> None:
        """Remove an Item and end its subscriptions."""
        self._world.directory.remove(item)
        self._world.ledger.end(item.id, at=self._world.now())

    def announce(self, item: Item, webhook_type: str, code: str) -> None:
        """Send a webhook with the fields of its type."""
        self._webhooks.send(item, event(self._world, item, webhook_type, code))

    def _new_identity(self, accounts: int) -> Identity:
        world = self._world
        if 0 < world.knobs.trial_slots <= world.trial_slots_used:
            # Which code the trial plan answers is our assumption.
            raise PlaidRefusal("ADDITION_LIMIT")
        world.trial_slots_used += 1
        return Identity(
            item_id=world.new_id(),
            access_token=world.new_token("access"),
            account_ids=[world.new_id() for _ in range(accounts)],
            created_at=world.now(),
        )


def _persistent_id(item: Item, portfolio: Portfolio, place: int) -> str:
    if item.holder is None:
        return opaque_id("persistent", item.id, str(place))
    return opaque_id("persistent", item.institution.id, item.holder, portfolio.name)


def _dated(portfolio: Portfolio) -> frozenset[str]:
    return frozenset(
        held["security_id"]
        for held in portfolio.holdings
        if held["institution_price_as_of"] is not None
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
