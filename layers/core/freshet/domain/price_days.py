"""Whose day's prices an account's worth is made of."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from msgspec import Struct

from freshet.domain.holdings import Holdings
from freshet.domain.money import EXACT

_DAY = timedelta(days=1)
_MARKETS_OPEN = time(9, 30)


class PriceDays(Struct, frozen=True, kw_only=True):
    """The days of an account's prices, without those of cash and what counts as cash."""

    oldest: date
    newest: date
    half_by: date | None
    """Over half of the counted value has prices of this day or an older one; None for less."""


def price_days_of(holdings: Holdings, zone: tzinfo) -> PriceDays | None:
    """Sum up the days of all prices that have one; None where none has."""
    lines = list(_dated(holdings, zone))
    days = sorted(day for day, _ in lines if day is not None)
    if not days:
        return None
    return PriceDays(oldest=days[0], newest=days[-1], half_by=_half_by(lines))


def day_of_prices(holdings: Holdings, *, as_of: datetime, zone: tzinfo) -> date:
    """Say to which day data belongs: the newest one of its prices in markets.

    Where no price has a day that could be, the time of the data tells.
    """
    today = as_of.astimezone(zone).date()
    days = [
        day
        for each in holdings.positions
        if each.follows_markets and each.value is not None
        if (day := each.market_day(zone)) is not None and day <= today
    ]
    return max(days, default=market_day(as_of, zone))


def market_day(instant: datetime, zone: tzinfo) -> date:
    """Name the day whose markets an instant tells of: before they open, it is the day before."""
    local = instant.astimezone(zone)
    return local.date() if local.time() >= _MARKETS_OPEN else local.date() - _DAY


def _dated(holdings: Holdings, zone: tzinfo) -> Iterator[tuple[date | None, Decimal]]:
    for each in holdings.positions:
        if not each.cash_equivalent and each.value is not None:
            yield each.market_day(zone), each.value.copy_abs()


def _half_by(lines: Iterable[tuple[date | None, Decimal]]) -> date | None:
    known = sorted(
        ((day, worth) for day, worth in lines if day is not None), key=lambda line: line[0]
    )
    whole, so_far = Decimal(0), Decimal(0)
    for _, worth in lines:
        whole = EXACT.add(whole, worth)
    for day, worth in known:
        so_far = EXACT.add(so_far, worth)
        if EXACT.add(so_far, so_far) > whole:
            return day
    return None
