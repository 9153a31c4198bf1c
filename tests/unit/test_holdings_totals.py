"""Totals: exact, per currency, each cash equivalent once."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.holdings import Balance, Holdings, Position, Total
from tests.builders import a_balance, a_position, an_option, some_holdings

NUMBERS = st.decimals(-(10**9), 10**9, places=17, allow_nan=False, allow_infinity=False)
CURRENCIES = st.sampled_from(["USD", "CAD", "EUR"])
POSITIONS = st.builds(
    a_position,
    units=st.none() | NUMBERS,
    price=st.none() | NUMBERS,
    currency=CURRENCIES,
    cash_equivalent=st.booleans(),
    instrument=st.sampled_from([an_option(), a_position().instrument]),
)
BALANCES = st.builds(a_balance, currency=CURRENCIES, cash=st.none() | NUMBERS)


def _totals(**changes: object) -> dict[str | None, Total]:
    return {total.currency: total for total in some_holdings(**changes).totals()}


@given(st.lists(POSITIONS, max_size=6), st.lists(BALANCES, max_size=4))
def test_totals_equal_plain_fractions_when_added_up_again(
    positions: list[Position], balances: list[Balance]
) -> None:
    totals = _totals(positions=tuple(positions), balances=tuple(balances))
    for currency, total in totals.items():
        own = [each for each in positions if each.currency == currency]
        amounts = [each.cash for each in balances if each.currency == currency]
        is_in_cash = any(amount is not None for amount in amounts)
        counted = [each for each in own if not (each.cash_equivalent and is_in_cash)]
        priced = [
            Fraction(each.units) * Fraction(each.price) * Fraction(each.instrument.multiplier)
            for each in counted
            if each.units is not None and each.price is not None
        ]
        worth = sum(priced, Fraction(0))
        cash = sum((Fraction(amount) for amount in amounts if amount is not None), Fraction(0))
        assert Fraction(total.positions) == worth
        assert Fraction(total.cash) == cash
        assert Fraction(total.total) == worth + cash
        assert total.unpriced_positions == len(counted) - len(priced)


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
    assert (alone.positions, alone.cash) == (Decimal(300), Decimal(0))


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
    assert Holdings(positions=(), balances=(), source="{}").totals() == ()
