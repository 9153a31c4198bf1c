"""The state of the simulated provider behind one lock."""

from copy import replace
from datetime import datetime, timedelta

from tests.simulators.common.faults import FaultPlan
from tests.simulators.common.identifiers import Identifiers
from tests.simulators.common.limits import RollingLimit
from tests.simulators.common.state import SharedState
from tests.simulators.plaid.declared import DeclaredIds
from tests.simulators.plaid.directory import Directory
from tests.simulators.plaid.ledger import BillEntry, Ledger
from tests.simulators.plaid.models import Account, Item, LinkSession, PublicToken
from tests.simulators.plaid.seeded_ids import ID_LENGTH
from tests.simulators.plaid.settings import PlaidSettings
from tests.simulators.plaid.signature import SigningKey, derived_private_key

__all__ = ["PlaidSettings", "World"]

REQUEST_ID_LENGTH = 15


class World(SharedState):
    """Items, tokens, keys, the bill and the counters."""

    def __init__(self, settings: PlaidSettings) -> None:
        super().__init__(settings.clock)
        self.settings = settings
        self.knobs = settings.knobs
        self.ids = Identifiers(settings.seed)
        # Apart from the other ids, which then do not depend on requests and webhooks before them.
        self._passing_ids = Identifiers(settings.seed + 1)
        self._ahead = timedelta(0)
        self.started_at = self.now()
        self.declared_ids = DeclaredIds(
            settings.declared, seed=settings.seed, environment=settings.environment
        )
        self.directory = Directory(self.declared_ids, environment=settings.environment)
        self.link_sessions: dict[str, LinkSession] = {}
        self.public_tokens: dict[str, PublicToken] = {}
        self.default_webhook: str | None = None
        self.trial_slots_used = 0
        self.ledger = Ledger()
        self.refusals: dict[str, dict[str, int]] = {}
        self.limits: dict[tuple[str, str], RollingLimit] = {}
        self.faults = FaultPlan()
        self.keys: list[SigningKey] = []
        self.rotate_key()

    @property
    def items(self) -> dict[str, Item]:
        """Return the Items that exist, by id; a declared one exists once it was touched."""
        return self.directory.items

    @property
    def bill(self) -> list[BillEntry]:
        """Return every charge."""
        return self.ledger.entries

    @property
    def signing_key(self) -> SigningKey:
        """Return the key that signs webhooks now."""
        return self.keys[-1]

    def now(self) -> datetime:
        """Return the provider's time, which a test may have moved forward."""
        return super().now() + self._ahead

    def signing_time(self) -> datetime:
        """Return the time that signatures carry: receivers compare it with their own clock."""
        return super().now()

    def advance(self, period: timedelta) -> datetime:
        """Move the provider's time forward and return it; raises OverflowError at its end."""
        # Worked out first: a time beyond the calendar would spoil every answer to come.
        moved = self.now() + period
        self._ahead += period
        return moved

    def rotate_key(self) -> SigningKey:
        """Expire the current key and make another."""
        now = self.signing_time()
        if self.keys:
            self.keys[-1] = replace(self.keys[-1], expired_at=now)
        kid = self.ids.new_id()
        # The environment is part of it: keys never cross environments.
        private_key = derived_private_key(self.settings.environment, kid)
        self.keys.append(SigningKey(kid, private_key, now))
        return self.keys[-1]

    def new_token(self, kind: str) -> str:
        """Return a new token of this environment."""
        return self.giving_out(f"{kind}-{self.settings.environment}-{self.ids.new_id()}")

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
        return self.directory.item_with_token(access_token)

    def item(self, item_id: str) -> Item:
        """Return an Item by its id; raises PlaidRefusal."""
        return self.directory.item(item_id)

    def account(self, account_id: str) -> tuple[Item, Account]:
        """Return an account and its Item; raises PlaidRefusal."""
        return self.directory.account(account_id)

    def subscribe(self, item: Item, product: str, *, since: datetime | None = None) -> None:
        """Start a monthly subscription unless it runs already."""
        self.ledger.subscribe(item.id, product, since=since or self.now())

    def charge(self, item: Item, *, request_id: str) -> None:
        """Put one successful refresh on the bill."""
        self.ledger.charge(item.id, request_id=request_id, at=self.now())

    def count_refusal(self, operation: str, code: str) -> None:
        """Count one error answer by its code."""
        with self.changing():
            codes = self.refusals.setdefault(operation, {})
            codes[code] = codes.get(code, 0) + 1
