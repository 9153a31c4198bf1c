"""The state of the simulated provider behind one lock."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tests.sandbox.plaid.errors import PlaidRefusal
from tests.sandbox.plaid.knobs import PlaidKnobs
from tests.sandbox.plaid.models import (
    Account,
    BillEntry,
    Item,
    LinkSession,
    PublicToken,
    Subscription,
)
from tests.sandbox.plaid.signature import SigningKey, derived_private_key
from tests.sandbox.simulation.faults import FaultPlan
from tests.sandbox.simulation.identifiers import Identifiers
from tests.sandbox.simulation.limits import RollingLimit
from tests.sandbox.simulation.state import Clock, SharedState, utc_now

REFRESH_PRICE = Decimal("0.12")
REQUEST_ID_LENGTH = 15
ID_LENGTH = 37


@dataclass(frozen=True, slots=True)
class PlaidSettings:
    """Who the customer is, and what makes a run repeatable."""

    client_id: str = "5a0db0a0c0ffee0123456789"
    secret: str = "sandbox-plaid-secret"
    environment: str = "sandbox"
    port: int = 0
    seed: int = 1
    clock: Clock = utc_now
    knobs: PlaidKnobs = field(default_factory=PlaidKnobs)


class World(SharedState):
    """Items, tokens, keys, the bill and the counters."""

    def __init__(self, settings: PlaidSettings) -> None:
        super().__init__(settings.clock)
        self.settings = settings
        self.knobs = settings.knobs
        self.ids = Identifiers(settings.seed)
        # Apart from the other ids, which then do not depend on requests and webhooks before them.
        self._passing_ids = Identifiers(settings.seed + 1)
        self.items: dict[str, Item] = {}
        self.removed_tokens: set[str] = set()
        self.link_sessions: dict[str, LinkSession] = {}
        self.public_tokens: dict[str, PublicToken] = {}
        self.default_webhook: str | None = None
        self.bill: list[BillEntry] = []
        self.subscriptions: list[Subscription] = []
        self.refusals: dict[str, dict[str, int]] = {}
        self.limits: dict[tuple[str, str], RollingLimit] = {}
        self.faults = FaultPlan()
        self.keys: list[SigningKey] = []
        self.rotate_key()

    @property
    def signing_key(self) -> SigningKey:
        """Return the key that signs webhooks now."""
        return self.keys[-1]

    def rotate_key(self) -> SigningKey:
        """Expire the current key and make another."""
        now = self.now()
        if self.keys:
            self.keys[-1] = replace(self.keys[-1], expired_at=now)
        kid = self.ids.new_id()
        # The environment is part of it: keys never cross environments.
        private_key = derived_private_key(self.settings.environment, kid)
        self.keys.append(SigningKey(kid, private_key, now))
        return self.keys[-1]

    def new_token(self, kind: str) -> str:
        """Return a new token of this environment."""
        return f"{kind}-{self.settings.environment}-{self.ids.new_id()}"

    def new_request_id(self) -> str:
        """Return the id of one request."""
        return self._passing_ids.new_text(REQUEST_ID_LENGTH)

    def new_webhook_id(self) -> str:
        """Return an id for the log; the provider itself gives webhooks none."""
        return self._passing_ids.new_id()

    def new_id(self) -> str:
        """Return an opaque id."""
        return self.ids.new_text(ID_LENGTH)

    def item_with_token(self, access_token: str) -> Item:
        """Return the Item of a living token; raises PlaidRefusal."""
        pattern = rf"access-{self.settings.environment}-[0-9a-f-]{{36}}"
        if not re.fullmatch(pattern, access_token):
            raise PlaidRefusal("INVALID_ACCESS_TOKEN")
        if access_token in self.removed_tokens:
            raise PlaidRefusal("ITEM_NOT_FOUND")
        for item in self.items.values():
            if item.access_token == access_token:
                return item
        raise PlaidRefusal("INVALID_ACCESS_TOKEN")

    def item(self, item_id: str) -> Item:
        """Return an Item by its id; raises PlaidRefusal."""
        if item_id not in self.items:
            raise PlaidRefusal("ITEM_NOT_FOUND")
        return self.items[item_id]

    def account(self, account_id: str) -> tuple[Item, Account]:
        """Return an account and its Item; raises PlaidRefusal."""
        for item in self.items.values():
            for account in item.accounts:
                if account.id == account_id:
                    return item, account
        raise PlaidRefusal("INVALID_ACCOUNT_ID", account_id)

    def subscribe(self, item: Item, product: str) -> None:
        """Start a monthly subscription unless it runs already."""
        running = {(each.item_id, each.product) for each in self.subscriptions}
        if (item.id, product) not in running:
            self.subscriptions.append(Subscription(item.id, product, self.now()))

    def charge(self, item: Item, *, request_id: str) -> None:
        """Put one successful refresh on the bill."""
        self.bill.append(BillEntry(self.now(), item.id, request_id, REFRESH_PRICE))

    def count_refusal(self, operation: str, code: str) -> None:
        """Count one error answer by its code."""
        with self.changing():
            codes = self.refusals.setdefault(operation, {})
            codes[code] = codes.get(code, 0) + 1
