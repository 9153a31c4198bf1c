"""The content hash: units, cost, cash and instruments; nothing else."""

from copy import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.holdings import Balance
from freshet.domain.positions import Lot, Position
from tests.builders import a_balance, a_position, an_instrument, some_holdings

LOTS = (
    Lot(acquired_at="2022-01-14", units=Decimal("2.5"), cost_per_unit=Decimal(240)),
    Lot(acquired_at="2024-09-03", units=Decimal(10), cost_per_unit=None),
)
POSITIONS = [
    a_position(),
    a_position(currency="CAD"),
    a_position(units=Decimal(-3), lots=LOTS),
    a_position(instrument=an_instrument(id=None, symbol="QARK")),
]
BALANCES = [a_balance(), a_balance(currency="CAD"), a_balance(currency="EUR", cash=None)]


@given(st.permutations(POSITIONS), st.permutations(BALANCES), st.permutations(LOTS))
def test_hash_stays_when_lines_or_lots_come_in_another_order(
    positions: list[Position], balances: list[Balance], lots: list[Lot]
) -> None:
    shuffled = [replace(each, lots=tuple(lots)) if each.lots else each for each in positions]
    expected = some_holdings(positions=tuple(POSITIONS), balances=tuple(BALANCES)).content_hash()
    found = some_holdings(positions=tuple(shuffled), balances=tuple(balances)).content_hash()
    assert found == expected


@pytest.mark.parametrize(
    "same",
    [
        {"units": Decimal("12.500")},
        {"units": Decimal("1.25E+1")},
        {"cost_per_unit": Decimal(250)},
        {"price": Decimal(1)},
        {"price": None},
        {"instrument": an_instrument(name="Renamed fund", figi=None, mic=None)},
    ],
)
def test_hash_stays_when_only_spelling_price_or_name_differ(same: dict[str, object]) -> None:
    changed = some_holdings(positions=(a_position(**same),), source="another document")
    assert changed.content_hash() == some_holdings().content_hash()


@pytest.mark.parametrize(
    "different",
    [
        {"units": Decimal("12.51")},
        {"units": None},
        {"cost_per_unit": Decimal("250.01")},
        {"cost_per_unit": None},
        {"currency": "CAD"},
        {"cash_equivalent": True},
        {"instrument": an_instrument(id="another")},
        {"instrument": an_instrument(kind="stock")},
        {"lots": LOTS},
    ],
)
def test_hash_changes_when_content_does(different: dict[str, object]) -> None:
    changed = some_holdings(positions=(a_position(**different),))
    assert changed.content_hash() != some_holdings().content_hash()


@pytest.mark.parametrize(
    "different",
    [
        {"balances": ()},
        {"balances": (a_balance(cash=Decimal("300.72")),)},
        {"balances": (a_balance(currency="CAD"),)},
        {"positions": (a_position(), a_position())},
        {"positions": ()},
    ],
)
def test_hash_changes_when_cash_or_a_line_comes_or_goes(different: dict[str, object]) -> None:
    assert some_holdings(**different).content_hash() != some_holdings().content_hash()


def test_hash_stays_when_only_buying_power_moves() -> None:
    moved = some_holdings(balances=(a_balance(buying_power=Decimal(1)),))
    assert moved.content_hash() == some_holdings().content_hash()
