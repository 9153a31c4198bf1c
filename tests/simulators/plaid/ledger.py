"""What the customer owes: successful refreshes, and subscriptions by calendar month in UTC."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

REFRESH_PRICE = Decimal("0.12")
# No public prices exist; what one customer saw.
MONTHLY_PRICES = {"investments": Decimal("0.18"), "investments_transactions": Decimal("0.35")}
MONTHS_A_YEAR = 12


class UnknownMonth(ValueError):
    """A month is not written as 2026-11."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in UTC."""

    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        """Return the month of a moment."""
        there = moment.astimezone(UTC)
        return cls(there.year, there.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Return the month of a text such as 2026-11; raises UnknownMonth."""
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
            raise UnknownMonth(text)
        return cls(int(text[:4]), int(text[5:]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(slots=True)
class Subscription:
    """A product that is billed each month until the Item goes."""

    item_id: str
    product: str
    started_at: datetime
    ended_at: datetime | None = None

    def months(self, now: datetime) -> int:
        """Return how many calendar months in UTC were begun so far."""
        first, last = Month.of(self.started_at), Month.of(self.ended_at or now)
        return (last.year - first.year) * MONTHS_A_YEAR + last.month - first.month + 1

    def is_owed_in(self, month: Month) -> bool:
        """Tell whether any part of the month falls into it; nothing is pro-rated."""
        has_ended = self.ended_at is not None and Month.of(self.ended_at) < month
        return Month.of(self.started_at) <= month and not has_ended


@dataclass(frozen=True, slots=True)
class BillEntry:
    """One billable event."""

    at: datetime
    item_id: str
    request_id: str
    amount: Decimal
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one thing at one price."""

    what: str
    count: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """Return what the line comes to."""
        return self.price * self.count


class Ledger:
    """Every charge and every subscription; the caller holds the lock."""

    def __init__(self) -> None:
        self.entries: list[BillEntry] = []
        self._by_item: dict[str, dict[str, Subscription]] = {}

    def charge(self, item_id: str, *, request_id: str, at: datetime) -> None:
        """Put one successful refresh on the bill."""
        self.entries.append(BillEntry(at, item_id, request_id, REFRESH_PRICE))

    def subscribe(self, item_id: str, product: str, *, since: datetime) -> None:
        """Start a monthly subscription unless the Item has it already."""
        products = self._by_item.setdefault(item_id, {})
        products.setdefault(product, Subscription(item_id, product, since))

    def is_subscribed(self, item_id: str, product: str) -> bool:
        """Tell whether the Item has a subscription to the product."""
        return product in self._by_item.get(item_id, {})

    def end(self, item_id: str, *, at: datetime) -> None:
        """End every subscription of an Item."""
        for subscription in self._by_item.get(item_id, {}).values():
            subscription.ended_at = at

    def subscriptions(self) -> Iterator[Subscription]:
        """Give every subscription that runs or ran."""
        for products in self._by_item.values():
            yield from products.values()

    def owed(self, month: Month) -> list[Line]:
        """Return what is owed for a month: refreshes, then one line per product."""
        refreshes = sum(Month.of(entry.at) == month for entry in self.entries)
        counts: dict[str, int] = {}
        for each in self.subscriptions():
            if each.is_owed_in(month):
                counts[each.product] = counts.get(each.product, 0) + 1
        lines = [Line("investments_refresh", refreshes, REFRESH_PRICE)]
        return lines + [subscription_line(product, count) for product, count in counts.items()]


def subscription_line(product: str, count: int) -> Line:
    """Return the line of a product; one without a price we know costs nothing."""
    return Line(product, count, MONTHLY_PRICES.get(product, Decimal(0)))
