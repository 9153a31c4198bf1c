"""What a refresh costs, by day."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from freshet.domain.money import Money
from freshet.domain.prices import PriceList
from freshet.domain.provider import Provider
from tests.builders import NOON, a_policy
from tests.unit.stage import Stage

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
RISING = PriceList.parse("0.05,2027-01-01=0.06,2027-07-01=0.070")


@pytest.mark.parametrize(
    ("now", "amount"),
    [
        (datetime(1999, 1, 1, tzinfo=UTC), "0.05"),
        (NEW_YEAR - MOMENT, "0.05"),
        (NEW_YEAR, "0.06"),
        (NEW_YEAR.replace(tzinfo=timezone(timedelta(hours=1))), "0.05"),
        (datetime(2027, 6, 30, 23, 59, tzinfo=UTC), "0.06"),
        (datetime(2027, 7, 1, tzinfo=UTC), "0.070"),
        (datetime(2099, 1, 1, tzinfo=UTC), "0.070"),
    ],
)
def test_price_is_the_latest_that_has_begun_when_asked_at_an_instant(
    now: datetime, amount: str
) -> None:
    assert RISING.at(now) == Money(Decimal(amount), "USD")
    assert str(RISING.at(now).amount) == amount


@pytest.mark.parametrize("text", ["0", "0.05", "12", "0.0300"])
def test_one_price_holds_from_ever_when_no_day_is_named(text: str) -> None:
    assert PriceList.parse(text) == PriceList(Decimal(text))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ",", "0.05,", ",0.05", "free", "-0.05", "+1", "1e2", "NaN", "Infinity", ".5"),
        *("1.", "0,05", "0.05;2027-01-01=0.06", "2027-01-01=0.06", "0.05,2027-01-01"),
        *("0.05,2027-01-01=", "0.05,=0.06", "0.05,2027-1-1=0.06", "0.05,20270101=0.06"),
        *("0.05, 2027-01-01=0.06", "0.05,2027-01-01=-0.06", "0.05,2027-13-01=0.06"),
        *("0.05,2027-02-30=0.06", "0.05,0000-01-01=0.06", "٥", "0.05\n", "1" * 10),
    ],
)
def test_text_is_refused_when_it_is_no_price_list(text: str) -> None:
    with pytest.raises(ValueError, match="price"):
        PriceList.parse(text)


@pytest.mark.parametrize("second", ["2027-01-01", "2026-12-31", "2020-01-01"])
def test_list_is_refused_when_its_days_do_not_ascend(second: str) -> None:
    with pytest.raises(ValueError, match="ascend"):
        PriceList.parse(f"0.05,2027-01-01=0.06,{second}=0.07")


@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity"])
def test_list_cannot_exist_when_an_amount_makes_no_sense(amount: str) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        PriceList(Decimal("0.05"), ((date(2027, 1, 1), Decimal(amount)),))


@pytest.mark.parametrize("listed", ["0.05,2026-11-21=0.08", "0.08,2026-11-21=0.05"])
def test_refresh_is_booked_at_the_higher_price_when_another_day_begins(listed: str) -> None:
    prices = dict.fromkeys(Provider, PriceList.parse(listed))
    stage = Stage(policy={"prices": prices}, provider=Provider.PLAID)
    stage.clock.now = NOON + timedelta(hours=12) - timedelta(seconds=1)
    stage.press()
    stage.later(seconds=2)
    stage.drain()
    (entry,) = stage.refreshes.ledger.values()
    assert entry.called_at.date() == date(2026, 11, 21)
    assert entry.cost.amount == stage.refreshes.spent["deployment", "2026-11"] == Decimal("0.08")


def test_refresh_has_the_new_price_when_it_is_reserved_on_the_new_day() -> None:
    prices = dict.fromkeys(Provider, PriceList.parse("0.05,2026-11-21=0.08"))
    stage = Stage(policy={"prices": prices})
    stage.clock.now = NOON + timedelta(hours=12)
    assert stage.press().refresh.cost.amount == Decimal("0.08")
    assert stage.refreshes.total() == Decimal("0.08")


@pytest.mark.parametrize(
    ("minutes_before", "expected"), [(76, "0.05"), (75, "0.06"), (1, "0.06"), (-1, "0.06")]
)
def test_ledger_is_not_below_the_bill_when_a_call_may_come_on_the_day_of_a_higher_price(
    minutes_before: int, expected: str
) -> None:
    rise = datetime(2027, 1, 1, tzinfo=UTC)
    policy = a_policy(prices={Provider.PLAID: PriceList.parse("0.05,2027-01-01=0.06")})
    price = policy.price(Provider.PLAID, now=rise - timedelta(minutes=minutes_before))
    assert str(price.amount) == expected


def test_price_is_the_one_of_its_day_when_it_is_about_to_fall() -> None:
    policy = a_policy(prices={Provider.PLAID: PriceList.parse("0.06,2027-01-01=0.05")})
    eve = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert str(policy.price(Provider.PLAID, now=eve).amount) == "0.06"
