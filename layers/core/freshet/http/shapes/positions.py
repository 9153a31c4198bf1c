"""The lines of a portfolio as JSON."""

from collections.abc import Sequence
from copy import replace
from decimal import Decimal

from freshet.domain.holdings import Debt, Holdings
from freshet.domain.identifiers import instrument_id_for
from freshet.domain.instants import to_text
from freshet.domain.instruments import Instrument
from freshet.domain.minor_units import rounded
from freshet.domain.money import optional_decimal_to_text
from freshet.domain.position_ids import position_ids
from freshet.domain.positions import Numbers, Position, PriceBasis
from freshet.domain.totals import cash_lines, is_in_cash
from freshet.http.shapes.records import shape_of, shapes_of
from freshet.http.shapes.vocabulary import (
    CurrencyCode,
    DayText,
    DecimalText,
    InstrumentId,
    PositionId,
    Shape,
)


class OptionShape(Shape):
    """The terms of an option; units count contracts."""

    side: str | None
    strike: DecimalText | None
    expires_on: DayText | None
    underlying: str | None


class InstrumentShape(Shape):
    """What is held."""

    id: InstrumentId
    kind: str
    """An open list: `stock`, `etf`, `option`, `future`, `crypto`, …"""
    symbol: str | None
    name: str | None
    currency: CurrencyCode | None
    mic: str | None
    """The exchange, ISO 10383."""
    figi: str | None
    option: OptionShape | None
    multiplier: DecimalText | None
    """How many priced things one unit stands for: 100 for a usual option; null where that is not
    known."""


class LotShape(Shape):
    """A tax lot, as far as the broker tells it apart; it counts like its position."""

    acquired_at: str | None
    """As the broker writes it."""
    units: DecimalText | None
    cost_per_unit: DecimalText | None


class PositionLineShape(Shape):
    """A position before or after a change."""

    instrument: InstrumentShape
    units: DecimalText | None
    price: DecimalText | None
    price_as_of: str | None
    """The day of the price, or its instant where the institution tells one."""
    price_basis: PriceBasis | None
    """`percent` of par for some bonds; null where that is not known, and then there is no value
    unless the institution states it."""
    value: DecimalText | None
    """What counts: as the institution states it, else by units, price and multiplier."""
    notional: DecimalText | None
    """What a future moves; it counts nothing, as its gains and losses are in the cash."""
    cost_per_unit: DecimalText | None
    cost_basis: DecimalText | None
    """The cost of all units: as the provider states it, else by units and cost per unit."""
    unvested_units: DecimalText | None
    """Not the holder's yet, and not in `value`; null where the provider does not tell."""
    unvested_value: DecimalText | None
    currency: CurrencyCode | None
    cash_equivalent: bool
    """Counted as cash in the totals, once."""
    lots: list[LotShape]
    numbers: Numbers
    """`last_known` and `unknown`: the provider's could not be read."""


class PositionShape(PositionLineShape):
    """One line of a portfolio; a short has negative units."""

    id: PositionId


class BalanceShape(Shape):
    """Cash in one currency."""

    currency: CurrencyCode | None
    cash: DecimalText | None
    buying_power: DecimalText | None
    is_listed: bool
    """False for cash that no line lists, and that the stated total of the account proves."""
    numbers: Numbers
    """`kept`: the provider left it out this time, and it is what was known before."""


class DebtShape(Shape):
    """What is borrowed against the account in one currency."""

    currency: CurrencyCode | None
    amount: DecimalText | None
    is_in_cash: bool
    """Whether a line of cash is negative by it: then the totals do not subtract it again."""
    numbers: Numbers


def position_shapes(account_id: str, positions: Sequence[Position]) -> list[PositionShape]:
    """Show an account's positions, each with its id."""
    ids = position_ids(account_id, positions)
    return [
        {**position_line_shape(each), "id": position_id}
        for position_id, each in zip(ids, positions, strict=True)
    ]


def position_line_shape(position: Position) -> PositionLineShape:
    """Show a position; what the provider states keeps its digits, what we compute is rounded."""
    currency, cost = position.currency, position.stated_cost
    stated = (position.stated_value, position.vested_value)
    value = position.value if position.value in stated else _rounded(position.value, currency)
    return {
        "instrument": instrument_shape(position.instrument),
        "units": optional_decimal_to_text(position.units),
        "price": optional_decimal_to_text(position.price),
        "price_as_of": _price_as_of(position),
        "price_basis": position.price_basis,
        "value": optional_decimal_to_text(value),
        "notional": optional_decimal_to_text(_rounded(position.notional, currency)),
        "cost_per_unit": optional_decimal_to_text(position.cost_per_unit),
        "cost_basis": optional_decimal_to_text(
            _rounded(position.cost_basis, currency) if cost is None else cost
        ),
        "unvested_units": optional_decimal_to_text(position.unvested_units),
        "unvested_value": optional_decimal_to_text(_rounded(position.unvested_value, currency)),
        "currency": currency,
        "cash_equivalent": position.cash_equivalent,
        "lots": shapes_of(LotShape, position.lots),
        "numbers": position.numbers,
    }


def instrument_shape(instrument: Instrument) -> InstrumentShape:
    """Show what is held, under an id of ours."""
    option = instrument.option
    return {
        "id": instrument_id_for(instrument.identity),
        "kind": instrument.kind,
        "symbol": instrument.symbol,
        "name": instrument.name,
        "currency": instrument.currency,
        "mic": instrument.mic,
        "figi": instrument.figi,
        "option": None if option is None else shape_of(OptionShape, option),
        "multiplier": optional_decimal_to_text(instrument.multiplier),
    }


def balance_shapes(holdings: Holdings) -> list[BalanceShape]:
    """Show the cash; where none is listed, cash equivalents are the cash."""
    lines = cash_lines(holdings)
    stated = len(holdings.balances)
    derived = (replace(each, cash=_rounded(each.cash, each.currency)) for each in lines[stated:])
    return shapes_of(BalanceShape, (*lines[:stated], *derived))


def debt_shapes(holdings: Holdings) -> list[DebtShape]:
    """Show what is owed."""
    return [_debt_shape(each, holdings) for each in holdings.debts]


def _debt_shape(debt: Debt, holdings: Holdings) -> DebtShape:
    return {
        "currency": debt.currency,
        "amount": optional_decimal_to_text(debt.amount),
        "is_in_cash": is_in_cash(holdings, debt.currency),
        "numbers": debt.numbers,
    }


def _price_as_of(position: Position) -> str | None:
    if position.price_at is not None:
        return to_text(position.price_at)
    return None if position.price_day is None else position.price_day.isoformat()


def _rounded(amount: Decimal | None, currency: str | None) -> Decimal | None:
    return None if amount is None else rounded(amount, currency)
