"""What a bond's price is a price of, and cash that no line lists: proven by the stated total."""

from copy import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain.holdings import Debt, Holdings, Statement
from freshet.domain.identifiers import instrument_id_for
from freshet.domain.positions import Numbers, Position, PriceBasis
from freshet.domain.price_basis import (
    PriceBases,
    newly_decided,
    undecided_in,
    with_bases,
    with_fitting_bases,
)
from freshet.domain.unlisted_cash import with_unlisted_cash
from tests.builders import NOON, a_balance, a_position, an_instrument, some_holdings


def _bond(name: str = "GRDN", **changes: Any) -> Position:
    values: dict[str, Any] = {
        "instrument": an_instrument(kind="bond", id=name, symbol=name),
        "units": Decimal(5000),
        "price": Decimal("98.5"),
        "price_basis": None,
    }
    return a_position(**(values | changes))


def _stating(total: str | None, *positions: Position, **changes: Any) -> Holdings:
    amount = None if total is None else Decimal(total)
    statement = Statement(total=amount, currency="USD", available=changes.pop("available", None))
    values: dict[str, Any] = {"positions": positions, "balances": (), "statement": statement}
    return some_holdings(**(values | changes))


def _bases(holdings: Holdings, **decided: PriceBasis) -> list[PriceBasis | None]:
    known = {_id(name): each for name, each in decided.items()}
    return [each.price_basis for each in _decided(holdings, known).positions]


def _id(name: str) -> str:
    return instrument_id_for(an_instrument(kind="bond", id=name).identity)


def _decided(holdings: Holdings, known: PriceBases) -> Holdings:
    asked = undecided_in(holdings)
    return with_fitting_bases(with_bases(holdings, known), asked, as_of=NOON)


@pytest.mark.parametrize(
    ("total", "price", "basis"),
    [
        ("4925", "98.5", "percent"),
        ("4925", "0.985", "unit"),
        ("492500", "98.5", "unit"),
        ("7000", "98.5", None),  # neither makes the account agree
        (None, "98.5", None),
        ("0", "0", None),  # both do
    ],
)
def test_basis_is_decided_only_where_one_alone_makes_the_account_agree(
    total: str | None, price: str, basis: str | None
) -> None:
    assert _bases(_stating(total, _bond(price=Decimal(price)))) == [basis]


def test_undecided_bond_has_no_value_and_is_unpriced() -> None:
    (bond,) = _decided(_stating(None, _bond()), {}).positions
    assert (bond.value, bond.cost_basis) == (None, None)
    assert replace(bond, price_basis=PriceBasis.PERCENT).value == 4925


def test_decision_is_kept_for_the_instrument_and_helps_to_decide_others() -> None:
    assert _bases(_stating(None, _bond()), GRDN=PriceBasis.PERCENT) == ["percent"]
    both = _stating("9850", _bond(), _bond("MOAT", price=Decimal("0.985")))
    assert _bases(both) == [None, None]
    assert _bases(both, GRDN=PriceBasis.PERCENT) == ["percent", "unit"]


def test_only_what_was_asked_and_not_known_is_told_as_decided() -> None:
    asked = _stating("9850", _bond(), _bond("MOAT"), a_position(units=Decimal(0)))
    after = _decided(asked, {})
    assert newly_decided(after, undecided_in(asked), {_id("GRDN"): PriceBasis.PERCENT}) == {
        _id("MOAT"): PriceBasis.PERCENT
    }


def test_decision_gives_way_where_the_account_agrees_with_the_other_alone() -> None:
    turned = _stating("5000", _bond(price=Decimal(1)))
    assert _bases(turned, GRDN=PriceBasis.PERCENT) == ["unit"]
    assert _bases(_stating("777", _bond()), GRDN=PriceBasis.PERCENT) == ["percent"]


IRA = a_position(units=Decimal(12), price=Decimal("101.655"))


@pytest.mark.parametrize(
    ("total", "changes", "is_counted"),
    [
        ("14274.92", {}, True),
        ("14274.93", {}, True),
        ("14400", {}, False),
        (None, {}, False),
        ("14274.92", {"available": None}, False),
        ("14274.92", {"available": Decimal(-1)}, False),
        ("14274.92", {"debts": (Debt(currency="USD", amount=Decimal(1)),)}, False),
        ("14274.92", {"balances": (a_balance(cash=Decimal(0)),)}, False),
        ("14274.92", {"positions": (replace(IRA, numbers=Numbers.LAST_KNOWN),)}, False),
        ("14274.92", {"positions": (IRA, a_position(price=None))}, False),
        (
            "14274.92",
            {"positions": (IRA, a_position(units=Decimal(0), cash_equivalent=True))},
            False,
        ),
        ("13055.06", {"positions": (replace(IRA, vested_units=Decimal(0)),)}, False),
    ],
)
def test_unlisted_cash_counts_only_where_the_figures_prove_it(
    total: str | None, changes: dict[str, Any], is_counted: bool
) -> None:
    values: dict[str, Any] = {"available": Decimal("13055.06")}
    book = _stating(total, IRA, **(values | changes))
    after = with_unlisted_cash(book, as_of=NOON)
    if not is_counted:
        assert after == book
        return
    (cash,) = after.balances
    assert (cash.cash, cash.is_listed) == (Decimal("13055.06"), False)


def test_available_cash_is_no_cash_where_it_is_all_that_the_account_is_worth() -> None:
    coins = a_position(units=Decimal(8), price=Decimal("554.67"))
    book = _stating("48200.03", coins, available=Decimal("48200.03"))
    assert with_unlisted_cash(book, as_of=NOON + timedelta(hours=1)) == book
