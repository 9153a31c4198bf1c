"""The retired holdings call says the same as its successors, in other words."""

from collections.abc import Iterator
from copy import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import simplejson

from freshet.adapters.snaptrade.legacy import LegacyHoldings, to_holdings
from freshet.domain.holdings import Balance, Holdings
from freshet.domain.instruments import Instrument, OptionContract
from freshet.domain.positions import Lot, Position
from tests.integration.test_snaptrade_account_holdings import LINE, OPTION, s4_shape

DOLLAR = {"code": "USD"}


def _read(document: dict[str, Any]) -> Holdings:
    text = simplejson.dumps(document, use_decimal=True)
    parsed = LegacyHoldings.model_validate(simplejson.loads(text, use_decimal=True))
    return to_holdings(parsed, source=text)


def _line(**changes: Any) -> Position:
    (position,) = _read({"positions": [changes]}).positions
    return position


def _current() -> Iterator[Position]:
    yield Position(
        instrument=Instrument(
            kind="etf",
            id="i-1",
            symbol="VTI",
            name="Wide fund",
            currency="USD",
            mic="ARCX",
            figi="BBG1",
        ),
        units=Decimal("12.50"),
        price=Decimal("301.20"),
        cost_per_unit=Decimal("250.10"),
        currency="USD",
        lots=(Lot(acquired_at=None, units=Decimal(2), cost_per_unit=Decimal(240)),),
    )
    yield Position(
        instrument=Instrument(
            kind="option",
            id="o-1",
            symbol="QARK  270618C00240000",
            name="QARK CALL",
            option=OptionContract(
                side="call",
                strike=Decimal("240.00"),
                expires_on=date(2027, 6, 18),
                underlying="QARK",
            ),
            multiplier=Decimal(10),
        ),
        units=Decimal(-2),
        price=Decimal("4.05"),
        cost_per_unit=Decimal("8.20"),
        currency="USD",
    )


def test_holdings_are_the_same_when_todays_documents_go_through_the_old_shape() -> None:
    read = _read(s4_shape(LINE, OPTION))
    assert read.positions == tuple(_current())
    assert read.balances == (
        Balance(currency="USD", cash=Decimal("300.71"), buying_power=Decimal("410.71")),
    )


@pytest.mark.parametrize(
    ("is_mini", "multiplier", "cost"),
    [(True, "10", "412.6"), (False, "100", "41.26"), (None, "100", "41.26")],
)
def test_cost_is_per_underlying_unit_when_the_old_call_counts_contracts(
    is_mini: bool | None, multiplier: str, cost: str
) -> None:
    symbol = {"option_symbol": {"is_mini_option": is_mini, "strike_price": Decimal(240)}}
    line = {"symbol": symbol, "units": Decimal(3), "average_purchase_price": Decimal(4126)}
    (position,) = _read({"positions": [], "option_positions": [line]}).positions
    assert position.instrument.multiplier == Decimal(multiplier)
    assert position.cost_per_unit == Decimal(cost)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("cs", "stock"), ("ad", "adr"), ("oef", "mutualfund"), ("pm", "pm"), (None, "other")],
)
def test_kind_is_todays_or_kept_when_the_code_is_of_old(code: str | None, kind: str) -> None:
    assert _line(symbol={"symbol": {"type": {"code": code}}}).instrument.kind == kind


def test_currency_is_the_listings_when_the_line_has_none() -> None:
    assert _line(symbol={"symbol": {"currency": DOLLAR}}, currency=None).currency == "USD"
    assert _line(symbol={"symbol": {}}, currency=DOLLAR).currency == "USD"


def test_line_is_kept_when_hardly_anything_is_known_of_it() -> None:
    line = _line(something_new=[1], units=None, symbol=None)
    assert (line.units, line.price, line.instrument.kind) == (None, None, "other")


@pytest.mark.parametrize("part", ["positions", "option_positions", "balances"])
def test_part_is_empty_when_the_broker_did_not_give_it(part: str) -> None:
    everything = _read(s4_shape(LINE, OPTION))
    without = _read(s4_shape(LINE, OPTION) | {part: None})
    assert without != everything
    assert replace(without, source="") != replace(everything, source="")
