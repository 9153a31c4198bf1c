"""Totals: exact, per currency, each cash equivalent once."""

from decimal import Decimal

import pytest

from freshet.domain.holdings import Holdings
from freshet.domain.totals import Total
from tests.builders import (
    a_balance,
    a_position,
    an_option,
    some_holdings,
    totals_in,
)


def _totals(**changes: object) -> dict[str | None, Total]:
    return {total.currency: total for total in totals_in(some_holdings(**changes))}


def test_currencies_are_never_added_together_when_there_are_several() -> None:
    totals = _totals(
        positions=(a_position(), a_position(currency="CAD")),
        balances=(a_balance(), a_balance(currency="EUR", cash=Decimal("1.10"))),
    )
    assert list(totals) == ["CAD", "EUR", "USD"]
    assert totals["USD"].total == Decimal("3765.0000") + Decimal("300.71")
    assert totals["CAD"].cash == 0
    assert totals["EUR"].total == Decimal("1.10")


def test_money_market_fund_counts_once_when_cash_contains_it() -> None:
    sweep = a_position(units=Decimal(300), price=Decimal(1), cash_equivalent=True)
    total = _totals(positions=(sweep,))["USD"]
    assert (total.positions, total.total) == (Decimal(0), Decimal("300.71"))
    alone = _totals(positions=(sweep,), balances=())["USD"]
    assert (alone.positions, alone.cash) == (Decimal(0), Decimal(300))


def test_option_is_worth_its_multiplier_when_priced() -> None:
    bought = a_position(instrument=an_option(), units=Decimal(3), price=Decimal("12.35"))
    assert bought.value == Decimal("3705.00")


@pytest.mark.parametrize("instrument", [an_option(), a_position().instrument])
def test_short_counts_against_the_total_when_units_are_negative(instrument: object) -> None:
    short = a_position(instrument=instrument, units=Decimal(-2), price=Decimal("4.05"))
    assert short.value is not None
    assert short.value < 0
    assert _totals(positions=(short,), balances=())["USD"].total == short.value


def test_unpriced_positions_are_counted_and_not_guessed_when_a_price_is_missing() -> None:
    unknown = a_position(price=None)
    total = _totals(positions=(unknown, a_position(units=None), a_position()))["USD"]
    assert unknown.value is None
    assert (total.positions, total.unpriced_positions) == (Decimal("3765.0000"), 2)


def test_position_without_a_currency_keeps_its_own_total_when_added_up() -> None:
    totals = _totals(positions=(a_position(currency=None),))
    assert totals[None].positions == Decimal("3765.0000")
    assert totals["USD"].positions == 0


@pytest.mark.parametrize("field", ["units", "price", "cost_per_unit"])
@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_position_cannot_exist_when_a_number_is_not_finite(field: str, number: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        a_position(**{field: Decimal(number)})


@pytest.mark.parametrize(
    ("changes", "is_empty"),
    [
        ({"positions": (), "balances": ()}, True),
        ({"positions": (), "balances": (a_balance(cash=Decimal("0.00")),)}, True),
        ({"positions": (), "balances": (a_balance(cash=None),)}, True),
        ({"positions": ()}, True),
        ({"balances": ()}, False),
    ],
)
def test_holdings_are_empty_whatever_the_cash_when_there_is_no_position(
    changes: dict[str, object], is_empty: bool
) -> None:
    assert some_holdings(**changes).is_empty is is_empty


def test_nothing_is_totalled_when_nothing_is_held() -> None:
    assert totals_in(Holdings(positions=(), balances=(), source="{}")) == ()
