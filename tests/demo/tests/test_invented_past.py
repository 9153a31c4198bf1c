"""The past that the demo invents: its days are judged by the product as any others."""

from datetime import datetime, timedelta
from decimal import Decimal

from freshet.domain.daily_valuations import DailyValuation, DayOrigin, days_between
from freshet.domain.price_days import market_day
from freshet.domain.snapshot import HoldingsReading, judge
from tests.builders import NEW_YORK, NOON, a_position, some_holdings
from tests.demo.past import invented_readings
from tests.fakes.snapshots import FakeSnapshots

USER, ACCOUNT = "ana", "acc_1"
PRICE = Decimal("301.20")


def _readings() -> list[HoldingsReading]:
    holdings = some_holdings(positions=(a_position(price=PRICE, units=Decimal(40)),))
    return list(invented_readings(holdings, now=NOON))


def _origins() -> dict[str, DayOrigin]:
    snapshots = FakeSnapshots()
    for reading in _readings():
        before = snapshots.latest(USER, ACCOUNT)
        assert snapshots.store(USER, ACCOUNT, judge(before, reading, zone=NEW_YORK), before=before)
    closes = [
        DailyValuation(
            day=day,
            seen_from=row.seen_from,
            seen_on=market_day(row.fetched_at, NEW_YORK),
            data_as_of=row.data_as_of,
            totals=(),
        )
        for (_, _, day), row in snapshots.closed.items()
    ]
    newest_first = sorted(closes, key=lambda each: each.day, reverse=True)
    last = newest_first[0].day
    days = days_between(newest_first, last - timedelta(days=25), last)
    return {each.day.isoformat(): each.origin for each in days}


def test_each_reading_is_newer_than_the_one_before() -> None:
    tokens = [each.token for each in _readings()]
    assert tokens == sorted(set(tokens))
    assert all(each.fetched_at < NOON for each in _readings())


def test_weekends_are_carried_and_blind_days_are_gaps() -> None:
    origins = _origins()
    assert origins["2026-11-15"] is DayOrigin.CARRIED  # a Sunday
    assert origins["2026-11-17"] is DayOrigin.CLOSE
    assert [day for day, origin in origins.items() if origin is DayOrigin.GAP] == [
        "2026-11-09",
        "2026-11-08",
        "2026-11-07",
    ]


def test_prices_lead_up_to_todays_and_keep_their_digits() -> None:
    prices = [each.holdings.positions[0].price for each in _readings()]
    assert all(price is not None and price.as_tuple().exponent == -2 for price in prices)
    assert prices[-1] == PRICE
    assert len(set(prices)) > 10


def test_units_change_only_where_something_was_bought() -> None:
    units = [each.holdings.positions[0].units for each in _readings()]
    assert units[0] == Decimal(31)
    assert units[-1] == Decimal(40)
    assert len(set(units)) == 4


def test_days_end_in_the_reporting_time_zone() -> None:
    newest = _readings()[-1]
    local: datetime = newest.fetched_at.astimezone(NEW_YORK)
    assert (local.date().isoformat(), local.hour) == ("2026-11-19", 17)
