"""Numbers that can be shown: small change, names of lines, terms that are adjusted."""

from copy import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.holdings import Holdings
from freshet.domain.holdings_changes import changes_between
from freshet.domain.minor_units import rounded
from freshet.domain.position_ids import position_ids
from freshet.domain.positions import Lot, Position
from freshet.http.shapes.totals import total_shapes
from tests.builders import a_position, an_instrument, an_option, some_holdings, totals_in
from tests.unit.holdings_strategies import HOLDINGS


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("18187.4723551238524924861751471221961000", "USD", "18187.47"),
        ("9420.865", "USD", "9420.86"),
        ("9420.875", "USD", "9420.88"),
        ("-0.005", "USD", "0"),
        ("-0.015", "USD", "-0.02"),
        ("3765.000", "USD", "3765"),
        ("1E+3", "USD", "1000"),
        ("1234.5", "JPY", "1234"),
        ("1235.5", "JPY", "1236"),
        ("1.23456", "KWD", "1.235"),
        ("1.23456", "CLF", "1.2346"),
        ("12.345", "GBX", "12.34"),
        ("12.345", "CNH", "12.34"),
        ("0.123456785", "BTC", "0.12345678"),
        ("0.1234567890123456785", "ETH", "0.123456789012345678"),
        ("0.1234567891", "LUMO", "0.12345679"),
        ("1.005", None, "1"),
    ],
)
def test_amount_is_rounded_half_even_to_the_smallest_unit(
    amount: str, currency: str | None, shown: str
) -> None:
    assert format(rounded(Decimal(amount), currency), "f") == shown


@given(HOLDINGS)
def test_total_that_is_shown_is_the_sum_of_what_is_shown(holdings: Holdings) -> None:
    for exact, shown in zip(totals_in(holdings), total_shapes(totals_in(holdings)), strict=True):
        parts = [Decimal(shown["positions"]), Decimal(shown["cash"]), -Decimal(shown["debt"])]
        assert Decimal(shown["total"]) == sum(parts)
        assert abs(Decimal(shown["total"]) - exact.total) <= Decimal("0.02")


LINES = (
    a_position(units=Decimal(1)),
    a_position(units=Decimal(2)),
    a_position(units=Decimal(1), cost_per_unit=Decimal(3)),
    a_position(lots=(Lot(acquired_at="2022-01-14", units=Decimal(1), cost_per_unit=None),)),
    a_position(instrument=an_option()),
)


@given(st.randoms(use_true_random=False))
def test_ids_stay_with_their_lines_whatever_the_order(random: Random) -> None:
    named = dict(zip(position_ids("acc_1", LINES), LINES, strict=True))
    assert len(named) == len(LINES)
    lines = list(LINES)
    random.shuffle(lines)
    assert dict(zip(position_ids("acc_1", lines), lines, strict=True)) == named
    assert not set(position_ids("acc_2", LINES)) & named.keys()


def test_ids_tell_wholly_equal_lines_apart() -> None:
    assert len(set(position_ids("acc_1", [a_position()] * 3))) == 3


def test_ids_do_not_change_with_prices_units_and_names() -> None:
    before = position_ids("acc_1", LINES[:1])
    renamed = replace(LINES[0], instrument=an_instrument(name="Renamed"), price=Decimal(7))
    assert position_ids("acc_1", [renamed]) == before
    assert position_ids("acc_1", [replace(LINES[0], units=Decimal(9))]) == before


@pytest.mark.parametrize(
    "terms",
    [
        {"multiplier": Decimal(150)},
        {"strike": Decimal(120)},
        {"expires_on": None},
        {"side": "put"},
    ],
)
def test_adjusted_contract_is_a_change_of_content(terms: dict[str, Any]) -> None:
    before, after = (
        some_holdings(positions=(a_position(instrument=each),))
        for each in (an_option(), an_option(**terms))
    )
    assert before.content_hash() != after.content_hash()
    assert [each.kind for each in changes_between(before, after)] == ["terms"]


@pytest.mark.parametrize(
    ("changes", "value", "unvested"),
    [
        ({}, "10000", None),
        ({"vested_units": Decimal(200)}, "2000", "8000"),
        ({"vested_units": Decimal(200), "vested_value": Decimal(2100)}, "2100", "7900"),
        ({"vested_units": Decimal(1000)}, "10000", None),
        ({"vested_units": Decimal(0)}, "0", "10000"),
        ({"vested_value": Decimal(2000), "price": None}, "2000", None),
    ],
)
def test_units_count_as_far_as_they_are_vested(
    changes: dict[str, Any], value: str, unvested: str | None
) -> None:
    plan: Position = a_position(**({"units": Decimal(1000), "price": Decimal(10)} | changes))
    assert plan.value == Decimal(value)
    assert plan.unvested_value == (None if unvested is None else Decimal(unvested))
