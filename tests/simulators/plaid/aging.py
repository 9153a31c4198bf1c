"""What time alone does to Items: stale sandbox logins, expired consents, announced ends."""

from datetime import timedelta

from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.events import NOTICE
from tests.simulators.plaid.models import Item
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.world import World

LOGIN_REQUIRED = "ITEM_LOGIN_REQUIRED"


class Aging:
    """Breaks Items whose time is up, when somebody looks; the caller holds the lock."""

    def __init__(self, *, world: World, population: Population) -> None:
        self._world = world
        self._population = population

    def check(self, item: Item) -> None:
        """Break an Item whose time is up, once, and tell."""
        if item.error is not None:
            return
        refusal = self._refusal(item)
        if refusal is not None:
            self._population.break_item(item, refusal)

    def check_all(self) -> None:
        """Break every Item whose time is up; declared ones that nobody touched stay asleep."""
        for item in list(self._world.items.values()):
            self.check(item)

    def announce_expiration(self, item: Item, *, notice: timedelta = NOTICE) -> None:
        """Let the consent end after the notice, and tell as in the UK and the EU."""
        item.consent_expires_at = self._world.now() + notice
        self._population.announce(item, "ITEM", "PENDING_EXPIRATION")

    def announce_disconnect(self, item: Item, *, notice: timedelta = NOTICE) -> None:
        """Let the connection end after the notice, and tell as in the US and Canada."""
        item.disconnects_at = self._world.now() + notice
        self._population.announce(item, "ITEM", "PENDING_DISCONNECT")

    def _refusal(self, item: Item) -> PlaidRefusal | None:
        now, days = self._world.now(), self._world.knobs.item_lifetime_days
        if item.consent_expires_at is not None and item.consent_expires_at <= now:
            return PlaidRefusal(LOGIN_REQUIRED, reason="OAUTH_CONSENT_EXPIRED")
        if item.disconnects_at is not None and item.disconnects_at <= now:
            return PlaidRefusal(LOGIN_REQUIRED)
        # That a repaired login is young again is our assumption.
        is_aging = self._world.settings.is_sandbox and days > 0
        if is_aging and item.login_since + timedelta(days=days) <= now:
            return PlaidRefusal(LOGIN_REQUIRED)
        return None
