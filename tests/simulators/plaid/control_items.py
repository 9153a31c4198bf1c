"""What the control interface can do to Items."""

from datetime import timedelta

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.accounts import Accounts
from tests.simulators.plaid.aging import Aging
from tests.simulators.plaid.control_samples import portfolios_in
from tests.simulators.plaid.control_views import item_view
from tests.simulators.plaid.crowd import Crowd
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.events import NOTICE
from tests.simulators.plaid.extraction import FirstPull
from tests.simulators.plaid.institutions import institution_with_id
from tests.simulators.plaid.models import Item
from tests.simulators.plaid.plain_values import ValueRefused, Values
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.tables import Entry, Path
from tests.simulators.plaid.world import World

ENDINGS = ("expiration", "disconnect")


class ItemControl:
    """One method per control verb; the caller holds the lock."""

    def __init__(
        self,
        *,
        world: World,
        population: Population,
        accounts: Accounts,
        aging: Aging,
        crowd: Crowd,
        first_pull: FirstPull,
    ) -> None:
        self._world = world
        self._population = population
        self._accounts = accounts
        self._aging = aging
        self._crowd = crowd
        self._first_pull = first_pull

    def entries(self) -> list[Entry]:
        """Return the verbs with their paths."""
        item = "/items/{item_id}"
        return [
            ("POST", "/items", self.add),
            ("GET", item, lambda path, body: item_view(self._item(path))),
            ("GET", "/seeded/{index}", self.seeded),
            ("POST", f"{item}/break", self.break_login),
            ("POST", f"{item}/repair", self.repair_login),
            ("POST", f"{item}/end", self.announce_end),
            ("POST", f"{item}/offer", self.offer),
            ("POST", f"{item}/history", self.finish_history),
        ]

    def add(self, path: Path, body: Values) -> Document:
        """Link an Item."""
        body.only("institution", "portfolio", "webhook", "products", "holder")
        item = self._population.add_item(
            institution_with_id(body.text("institution", "ins_acme")),
            portfolios=portfolios_in(body),
            products=body.texts("products", ["investments"]),
            webhook=body.optional_text("webhook") or self._world.default_webhook,
            holder=body.optional_text("holder"),
        )
        self._first_pull.link(item)
        return _known_as(item)

    def seeded(self, path: Path, body: Values) -> Document:
        """Tell the ids of a declared Item, which need not exist yet."""
        index = path["index"]
        if not (index.isascii() and index.isdigit()):
            raise ValueRefused("index", "must be a whole number")
        identity = self._crowd.identity(int(index))
        item = self._world.items.get(identity.item_id)
        if item is not None:
            return _known_as(item)
        if int(index) in self._world.directory.settled:
            raise PlaidRefusal("ITEM_NOT_FOUND")
        return {
            "item_id": identity.item_id,
            "access_token": identity.access_token,
            "account_ids": list(identity.account_ids),
        }

    def break_login(self, path: Path, body: Values) -> Document:
        """Put an Item in an error state."""
        body.only("code", "reason", "announce", "error_type")
        refusal = PlaidRefusal(
            body.text("code", "ITEM_LOGIN_REQUIRED"),
            reason=body.optional_text("reason"),
            error_type=body.optional_text("error_type"),
        )
        is_announced = body.flag("announce", True)
        self._population.break_item(self._item(path), refusal, is_announced=is_announced)
        return {}

    def repair_login(self, path: Path, body: Values) -> Document:
        """End the error state."""
        body.only("announce")
        self._population.repair_item(self._item(path), is_announced=body.flag("announce", True))
        return {}

    def announce_end(self, path: Path, body: Values) -> Document:
        """Announce that consent or connection will end, and let it end then."""
        body.only("what", "days")
        item, what = self._item(path), body.text("what")
        notice = timedelta(days=body.seconds("days", NOTICE.days))
        if what not in ENDINGS:
            raise ValueRefused("what", f"must be one of {', '.join(ENDINGS)}")
        if what == "expiration":
            self._aging.announce_expiration(item, notice=notice)
        else:
            self._aging.announce_disconnect(item, notice=notice)
        return {}

    def offer(self, path: Path, body: Values) -> Document:
        """Let the institution have accounts that can be shared in update mode."""
        body.only("portfolio", "announce")
        is_announced = body.flag("announce", True)
        self._accounts.offer(self._item(path), portfolios_in(body), is_announced=is_announced)
        return {}

    def finish_history(self, path: Path, body: Values) -> Document:
        """End the first extraction now."""
        self._first_pull.finish(self._item(path))
        return {}

    def _item(self, path: Path) -> Item:
        return self._world.item(path["item_id"])


def _known_as(item: Item) -> Document:
    accounts = [account.id for account in item.accounts]
    return {"item_id": item.id, "access_token": item.access_token, "account_ids": accounts}
