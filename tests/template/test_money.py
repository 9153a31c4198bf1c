"""What the parameters about money take and refuse."""

import re
from decimal import Decimal

import pytest

from freshet.domain.prices import PriceList
from tests.template.reading import Template

PRICES = ["SnapTradeRefreshPriceUsd", "PlaidRefreshPriceUsd"]
LISTS = ["0.05", "0", "12.500", "0.05,2027-01-01=0.06", "0.05,2027-01-01=0.06,2028-01-01=0"]
NO_LISTS = ["", "-0.05", "0.05,", "free", "0.05,2027-01-01", "0.05;2027-01-01=1", "1e2", "1" * 10]


@pytest.mark.parametrize("name", PRICES)
@pytest.mark.parametrize("text", LISTS)
def test_price_list_is_taken_when_the_code_understands_it(
    template: Template, name: str, text: str
) -> None:
    PriceList.parse(text)
    assert re.fullmatch(template.parameters[name]["AllowedPattern"], text)


@pytest.mark.parametrize("name", PRICES)
@pytest.mark.parametrize("text", NO_LISTS)
def test_price_list_is_refused_when_the_code_would_not_understand_it(
    template: Template, name: str, text: str
) -> None:
    with pytest.raises(ValueError, match="price"):
        PriceList.parse(text)
    assert not re.fullmatch(template.parameters[name]["AllowedPattern"], text)


@pytest.mark.parametrize("name", PRICES)
def test_price_is_never_free_by_default_when_nobody_says_otherwise(
    template: Template, name: str
) -> None:
    assert PriceList.parse(template.parameters[name]["Default"]).first > Decimal(0)


@pytest.mark.parametrize("name", ["UserDailyRefreshes", "ConnectionDailyRefreshes"])
def test_daily_budget_holds_a_refresh_when_it_is_set(template: Template, name: str) -> None:
    assert template.parameters[name]["MinValue"] == 1
