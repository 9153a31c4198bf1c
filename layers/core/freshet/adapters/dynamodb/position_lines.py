"""Positions as plain JSON values, numbers as text, and back."""

from datetime import date
from typing import Any

from freshet.domain.holdings import Balance, Instrument, Lot, OptionContract, Position
from freshet.domain.money import decimal_to_text, exact_decimal, optional_decimal
from freshet.domain.money import optional_decimal_to_text as text_of

Line = dict[str, Any]


def position_to_line(position: Position) -> Line:
    """Give a position the shape of a JSON object."""
    instrument = position.instrument
    return {
        "kind": instrument.kind,
        "id": instrument.id,
        "symbol": instrument.symbol,
        "name": instrument.name,
        "instrument_currency": instrument.currency,
        "mic": instrument.mic,
        "figi": instrument.figi,
        "option": _option_to_line(instrument.option),
        "units": text_of(position.units),
        "price": text_of(position.price),
        "cost": text_of(position.cost_per_unit),
        "currency": position.currency,
        "cash_equivalent": position.cash_equivalent,
        "stated_value": text_of(position.stated_value),
        "lots": [
            [lot.acquired_at, text_of(lot.units), text_of(lot.cost_per_unit)]
            for lot in position.lots
        ],
    }


def position_from_line(line: Line) -> Position:
    """Read a position."""
    return Position(
        instrument=Instrument(
            kind=line["kind"],
            id=line["id"],
            symbol=line["symbol"],
            name=line["name"],
            currency=line["instrument_currency"],
            mic=line["mic"],
            figi=line["figi"],
            option=_option_from_line(line["option"]),
        ),
        units=optional_decimal(line["units"]),
        price=optional_decimal(line["price"]),
        cost_per_unit=optional_decimal(line["cost"]),
        currency=line["currency"],
        cash_equivalent=line["cash_equivalent"],
        stated_value=optional_decimal(line["stated_value"]),
        lots=tuple(
            Lot(acquired_at=at, units=optional_decimal(units), cost_per_unit=optional_decimal(cost))
            for at, units, cost in line["lots"]
        ),
    )


def balance_to_line(balance: Balance) -> list[str | None]:
    """Give a balance the shape of a JSON array."""
    return [balance.currency, text_of(balance.cash), text_of(balance.buying_power)]


def balance_from_line(line: list[str | None]) -> Balance:
    """Read a balance."""
    currency, cash, buying_power = line
    return Balance(
        currency=currency,
        cash=optional_decimal(cash),
        buying_power=optional_decimal(buying_power),
    )


def _option_to_line(option: OptionContract | None) -> list[str | None] | None:
    if option is None:
        return None
    return [
        option.side,
        text_of(option.strike),
        option.expires_on.isoformat() if option.expires_on else None,
        decimal_to_text(option.multiplier),
        option.underlying,
    ]


def _option_from_line(line: list[Any] | None) -> OptionContract | None:
    if line is None:
        return None
    side, strike, expires_on, multiplier, underlying = line
    return OptionContract(
        side=side,
        strike=optional_decimal(strike),
        expires_on=date.fromisoformat(expires_on) if expires_on else None,
        multiplier=exact_decimal(multiplier),
        underlying=underlying,
    )
