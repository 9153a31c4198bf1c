"""What a usual day of one connection is made of: inputs of the bill, each to be set anew."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

_PAGE = ("GET /v1/portfolio", "GET /v1/holdings", "GET /v1/connections")


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualDay:
    """One connection's day, beside how many connections there are.

    `changed` and `moved` are shares of days: on those holdings change, on others that follow a
    market's day only prices do. Each webhook causes a read; without any, the schedule reads once.
    """

    connections: Decimal = Decimal(100_000)
    connections_per_user: Decimal = Decimal(1)
    accounts: Decimal = Decimal(2)
    webhooks: Decimal = Decimal(2)
    refreshes: Decimal = Decimal(1)
    page_views: Decimal = Decimal(1)
    changed: Decimal = Decimal("0.1")
    moved: Decimal = Decimal("0.6")

    def __post_init__(self) -> None:
        """Refuse what no day can be."""
        wrong = [each.name for each in fields(self) if getattr(self, each.name) < 0]
        if wrong or not self.connections or not self.connections_per_user or self.accounts < 1:
            raise ValueError(f"not a usual day: {', '.join(wrong) or self}")
        if self.changed + self.moved > 1:
            raise ValueError("holdings change or prices move on more days than there are")

    def work(self) -> Iterator[tuple[str, Decimal]]:
        """Give each piece of work of a day, and how often it is done."""
        yield "webhook received", self.webhooks
        yield "webhook processed", self.webhooks
        yield "purchase in place", self.refreshes
        yield from ((get, self.page_views) for get in _PAGE)
        reads = max(Decimal(1), self.webhooks) + self.refreshes
        yield from self._read("changed", self.changed)
        yield from self._read("prices moved", self.moved)
        yield from self._read("unchanged", 1 - self.changed - self.moved)
        yield from self._read("again on its day", reads - 1)

    def handed_out(self) -> Decimal:
        """Say how often the planner hands the connection out: a purchase's end is looked for."""
        return max(Decimal(0), 1 - self.webhooks) + self.refreshes

    def _read(self, kind: str, times: Decimal) -> Iterator[tuple[str, Decimal]]:
        """Read all accounts: the second as it was counted, and all further ones like it."""
        further = self.accounts - 1
        yield f"read of one account, {kind}", times * (1 - further)
        yield f"read of two accounts, {kind}", times * further
