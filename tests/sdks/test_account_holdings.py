"""The shape that we make, judged by the SDK's model and by the call it comes from."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from snaptrade_client.model.account_holdings import AccountHoldings
from snaptrade_client.model.options_position import OptionsPosition

from freshet.adapters.snaptrade.account_holdings import FIELDS
from freshet.adapters.snaptrade.fields import Origin
from freshet.adapters.snaptrade.kinds import KINDS_BY_TYPE
from tests.sdks.agreement import Told
from tests.sdks.retired import MISSING, Pair, Shown, pairs_at, shown_accounts
from tests.sdks.snaptrade_desk import snaptrade_desk, told_by
from tests.simulators.common.exact_json import dumps

PORTFOLIOS = ("complete", "starter", "self-directed", "odd", "cash-only", "no-transactions")
_NOW = datetime.now(UTC).replace(microsecond=0)
_OPTION_LISTING = "option_positions[].symbol.option_symbol.underlying_symbol.exchange"
# What the retired call says of the exchanges of underlyings, and the list of exchanges does not.
_ONLY_THERE = "allows_cryptocurrency_symbols"


@cache
def _shown(portfolio: str) -> list[Shown]:
    with snaptrade_desk(_NOW, portfolio) as desk:
        return shown_accounts(desk)


def _paths(*origins: Origin) -> list[str]:
    return [path for path, origin in FIELDS.items() if origin in origins]


def _pairs(portfolio: str, path: str) -> list[Pair]:
    return [pair for each in _shown(portfolio) for pair in pairs_at(each.ours, each.retired, path)]


of_every_portfolio = pytest.mark.parametrize("portfolio", PORTFOLIOS)


@of_every_portfolio
def test_shape_is_read_by_the_sdks_strict_model_when_we_made_it(portfolio: str) -> None:
    for each in _shown(portfolio):
        document = json.loads(dumps(each.ours))
        told = told_by(AccountHoldings, document)
        # The model is the list's element; options have stood only in the account's own answer.
        assert set(_strangers(told)) == {"$.option_positions"}
        for line in document["option_positions"]:
            assert set(_strangers(told_by(OptionsPosition, line))) == set()


@of_every_portfolio
def test_both_retired_calls_say_the_same_when_they_are_asked(portfolio: str) -> None:
    for each in _shown(portfolio):
        for part in ("balances", "positions", "option_positions", "total_value"):
            assert each.single[part] == each.retired[part]


@of_every_portfolio
def test_nothing_is_missing_in_the_table_when_the_retired_call_says_it(portfolio: str) -> None:
    for each in _shown(portfolio):
        said = {name: value for name, value in each.retired.items() if name != "orders"}
        assert set(_leaves(said)) - set(FIELDS) == set()


@of_every_portfolio
@pytest.mark.parametrize("path", _paths(Origin.DIRECT))
def test_field_is_the_retired_calls_when_it_is_taken_over(portfolio: str, path: str) -> None:
    assert [mine for mine, _ in _pairs(portfolio, path)] == [
        other for _, other in _pairs(portfolio, path)
    ]


@of_every_portfolio
@pytest.mark.parametrize("path", _paths(Origin.REFERENCE, Origin.DERIVED))
def test_field_is_the_retired_calls_when_it_is_made_or_looked_up(portfolio: str, path: str) -> None:
    differing = [
        (mine, other) for mine, other in _pairs(portfolio, path) if not _agree(path, mine, other)
    ]
    assert differing == []


@of_every_portfolio
@pytest.mark.parametrize("path", _paths(Origin.NULL))
def test_field_is_null_or_left_out_when_it_has_no_source(portfolio: str, path: str) -> None:
    assert {mine for mine, _ in _pairs(portfolio, path)} <= {None, MISSING}


def test_total_is_null_exactly_when_a_currency_or_a_price_is_missing() -> None:
    unknown = {
        each.ours["account"]["name"]
        for portfolio in PORTFOLIOS
        for each in _shown(portfolio)
        if each.ours["total_value"]["value"] is None
    }
    # Two currencies in two of them, and holdings that nobody shows.
    assert unknown == {"Northern TFSA", "Odd Margin", "Employer Plan"}


def _agree(path: str, mine: Any, other: Any) -> bool:
    if ".type." in path and (mine is MISSING):
        # A kind that came after the codes has none.
        return _is_newer_kind(path, other)
    if path == "positions[].symbol.symbol.exchange" and mine is MISSING:
        # Coins: today's documents name no exchange for them.
        return bool(other["mic_code"] is None)
    if path == _OPTION_LISTING:
        other = {name: value for name, value in other.items() if name != _ONLY_THERE}
    if path == "total_value.value" and mine is None:
        return True
    if path == "positions[].open_pnl" and mine is None:
        return True  # a bond whose price may be in percent of par
    return bool(_rounded(mine, other) == other)


def _is_newer_kind(path: str, other: Any) -> bool:
    return not path.endswith(".code") or other not in KINDS_BY_TYPE


def _rounded(mine: Any, other: Any) -> Any:
    """Round to the provider's digits, which keeps cents where we keep everything."""
    return mine.quantize(other) if isinstance(mine, Decimal) else mine


def _strangers(told: Told, where: str = "$") -> Iterator[str]:
    """Name every member that the SDK does not know, where it knows any."""
    for name, inner in told.members.items():
        if told.names and name not in told.names:
            yield f"{where}.{name}"
        else:
            yield from _strangers(inner, f"{where}.{name}")
    for each in told.items:
        yield from _strangers(each, f"{where}[]")


def _leaves(document: Any, path: str = "") -> Iterator[str]:
    """Name every path of a document down to the fields of the table."""
    if path in FIELDS:
        yield path
    elif isinstance(document, dict):
        for name, value in document.items():
            yield from _leaves(value, f"{path}.{name}".lstrip("."))
    elif isinstance(document, list):
        for each in document:
            yield from _leaves(each, f"{path}[]")
    else:
        yield path
