"""The first extraction of an Item's investments, synchronous or in the background."""

from datetime import date, timedelta

from tests.simulators.common.timers import Timers
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.models import History, Item
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.world import World

RECENT = timedelta(days=30)


class FirstPull:
    """Knows what of an Item is there already; the caller holds the lock.

    In async mode it begins at Link, or with the first call for an Item that got Investments
    later, and ends with a webhook. That holdings wait for it too, unless `history_at_link` is
    `recent`, is our assumption.
    """

    def __init__(self, *, world: World, timers: Timers, population: Population) -> None:
        self._world = world
        self._timers = timers
        self._population = population

    def link(self, item: Item, *, is_async: bool = False) -> None:
        """Begin at Link when the Item has Investments from the start."""
        if "investments" not in item.products:
            return
        if is_async or self._world.knobs.history_mode == "async":
            is_recent = self._world.knobs.history_at_link == "recent"
            self._begin(item, History.RECENT if is_recent else History.RUNNING)
        else:
            item.history = History.READY

    def skip(self, item: Item) -> None:
        """Take the first extraction for done long ago."""
        item.history = History.READY

    def wait_seconds(self, item: Item, *, is_async: bool = False) -> float:
        """Return how long a first read blocks; raises PlaidRefusal when it does not wait."""
        if item.history is History.NONE:
            knobs = self._world.knobs
            if not is_async and knobs.history_mode == "sync":
                item.history = History.READY
                return knobs.history_delay_seconds
            self._begin(item, History.RUNNING)
        if item.history is History.RUNNING:
            raise PlaidRefusal("PRODUCT_NOT_READY")
        return 0

    def check_refreshable(self, item: Item) -> None:
        """Raise PlaidRefusal while the first extraction runs."""
        if item.history in {History.RUNNING, History.RECENT}:
            raise PlaidRefusal("PRODUCT_NOT_READY")

    def first_day(self, item: Item) -> date:
        """Return the first day that can be read already."""
        if item.history is History.RECENT:
            return (item.created_at - RECENT).date()
        return date.min

    def finish(self, item: Item) -> None:
        """End it now, with its webhook; nothing happens when none runs."""
        is_running = item.history in {History.RUNNING, History.RECENT}
        if is_running and item.id in self._world.items:
            item.history = History.READY
            self._population.announce(item, "INVESTMENTS_TRANSACTIONS", "HISTORICAL_UPDATE")

    def _begin(self, item: Item, history: History) -> None:
        item.history = history
        self._timers.after(self._world.knobs.history_delay_seconds, lambda: self._finish(item))

    def _finish(self, item: Item) -> None:
        with self._world.changing():
            self.finish(item)
