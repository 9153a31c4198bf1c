"""From SnapTrade's positions and balances to ours: every digit."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from pydantic import ValidationError

from freshet.adapters.snaptrade import models
from freshet.adapters.snaptrade.mapping import to_holdings
from freshet.domain.positions import Position


def _positions(*lines: dict[str, Any]) -> Sequence[Position]:
    text = simplejson.dumps({"results": lines}, use_decimal=True)
    parsed = models.Positions.model_validate(simplejson.loads(text, use_decimal=True))
    return to_holdings(parsed, [], source=text).positions


@pytest.mark.parametrize(
    "digits", ["0.12345678901234567", "0.00000000000000019", "64210.98765432109876543", "-2.50"]
)
@pytest.mark.parametrize("as_text", [True, False])
def test_every_digit_survives_when_numbers_come_as_text_or_bare(digits: str, as_text: bool) -> None:
    number = digits if as_text else Decimal(digits)
    line = {
        "instrument": {"kind": "crypto"},
        "units": number,
        "price": number,
        "cost_basis": number,
    }
    (position,) = _positions(line)
    assert {str(position.units), str(position.price), str(position.cost_per_unit)} == {
        str(Decimal(digits))
    }


@pytest.mark.parametrize("number", [1.1, True, "NaN", "Infinity", "1E999", "abc", {}])
def test_number_is_refused_when_it_is_a_float_or_none_at_all(number: Any) -> None:
    with pytest.raises(ValidationError):
        models.Position.model_validate({"instrument": {}, "units": number})


def test_position_keeps_its_kind_when_nobody_has_heard_of_it() -> None:
    (position,) = _positions({"instrument": {"kind": "carbon_credit", "x": 1}, "y": 2})
    assert position.instrument.kind == "carbon_credit"
    assert {position.units, position.price, position.currency, position.instrument.id} == {None}
    assert _positions({"instrument": {}})[0].instrument.kind == "other"


def test_option_has_its_contract_when_held() -> None:
    instrument = {
        "kind": "option",
        "symbol": "QARK  270618C00240000",
        "option_type": "CALL",
        "strike_price": "240.50",
        "expiration_date": "2027-06-18",
        "multiplier": "10",
        "underlying": {"symbol": "QARK"},
    }
    (position,) = _positions({"instrument": instrument, "units": "3", "price": "12.35"})
    option = position.instrument.option
    assert option is not None
    assert (option.side, option.strike, option.expires_on, option.underlying) == (
        *("call", Decimal("240.50"), date(2027, 6, 18), "QARK"),
    )
    assert position.value == Decimal("370.50")
    (bare,) = _positions({"instrument": {"kind": "option"}})
    assert bare.instrument.multiplier is None  # what was known before, else a hundred


def test_lots_and_cash_are_kept_when_there_are_any() -> None:
    lots = [{"original_purchase_date": "2022-01-14", "quantity": "2.50", "purchased_price": None}]
    line = {"instrument": {"currency": "CAD"}, "tax_lots": lots, "cash_equivalent": True}
    (position,) = _positions(line)
    (lot,) = position.lots
    assert (str(lot.units), lot.cost_per_unit, lot.acquired_at) == ("2.50", None, "2022-01-14")
    assert (position.currency, position.cash_equivalent) == ("CAD", True)
    balance = models.Balance.model_validate({"currency": {"code": "EUR"}, "cash": "1.10"})
    empty = models.Positions.model_validate({"results": []})
    (found,) = to_holdings(empty, [balance], source="{}").balances
    assert (found.currency, str(found.cash), found.buying_power) == ("EUR", "1.10", None)
