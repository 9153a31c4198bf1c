"""What a refresh costs, by the UTC day from which a price holds."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from msgspec import Struct

from freshet.domain.money import Money

CURRENCY = "USD"
FREE = Money(Decimal(0), CURRENCY)

_AMOUNT = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_LIST = re.compile(rf"{_AMOUNT}(?:,[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}={_AMOUNT})*")


class PriceList(Struct, frozen=True):
    """Prices in US dollars: the first holds from ever, each later one from its day on."""

    first: Decimal
    later: tuple[tuple[date, Decimal], ...] = ()

    def __post_init__(self) -> None:
        """Refuse negative prices and days that do not ascend."""
        amounts = (self.first, *(amount for _, amount in self.later))
        if any(not amount.is_finite() or amount < 0 for amount in amounts):
            raise ValueError("a price must be zero or more")
        days = [day for day, _ in self.later]
        if any(day >= following for day, following in zip(days, days[1:], strict=False)):
            raise ValueError("the days of a price list must ascend, each named once")

    @classmethod
    def parse(cls, text: str) -> "PriceList":
        """Read `0.05`, or `0.05,2027-01-01=0.06` for a price that changes on a day.

        Raises ValueError, never with the text in it.
        """
        if not _LIST.fullmatch(text):
            raise ValueError("must be a price such as 0.05, or like 0.05,2027-01-01=0.06")
        first, *steps = text.split(",")
        return cls(Decimal(first), tuple(_step(each) for each in steps))

    def at(self, now: datetime) -> Money:
        """Say what a refresh costs at an instant."""
        today = now.astimezone(UTC).date()
        amount = self.first
        for day, following in self.later:
            if day <= today:
                amount = following
        return Money(amount, CURRENCY)


def _step(text: str) -> tuple[date, Decimal]:
    day, _, amount = text.partition("=")
    try:
        return date.fromisoformat(day), Decimal(amount)
    except ValueError:
        raise ValueError("a price list names a day that does not exist") from None
