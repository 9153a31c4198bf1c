"""The retired `/accounts/{id}/holdings`, for customers old enough to have it: read into our words.

It differs from its successors in what an option costs (per contract here, per underlying unit
there) and in naming a kind by a code of its own.
"""

from typing import Annotated

from freshet.adapters.foreign_json import (
    Day,
    Flag,
    LenientModel,
    Number,
    OrDefault,
    Told,
    Unread,
    numbers_of,
    validated,
)
from freshet.adapters.shorts import is_short, signed
from freshet.adapters.snaptrade import models
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.kinds import KINDS_BY_TYPE, MINI, STANDARD
from freshet.adapters.snaptrade.mapping import to_balance, to_lots
from freshet.domain.credential import Credential
from freshet.domain.holdings import Holdings, Part
from freshet.domain.instruments import BOND, Instrument, OptionContract
from freshet.domain.money import EXACT
from freshet.domain.positions import Position, PriceBasis

_NUMBERS = {"line", "symbol", "units", "fractional_units", "price", "average_purchase_price"}


class SecurityType(LenientModel):
    """What sort of security it is, by a short code."""

    code: Told | None = None


class Exchange(LenientModel):
    """Where it is listed."""

    mic_code: Told | None = None


class UniversalSymbol(LenientModel):
    """A security, the same across brokerages."""

    id: Told | None = None
    symbol: Told | None = None
    raw_symbol: Told | None = None
    description: Told | None = None
    currency: models.Currency | None = None
    exchange: Exchange | None = None
    type: SecurityType | None = None
    figi_code: Told | None = None
    figi_instrument: models.Figi | None = None


class PositionSymbol(LenientModel):
    """A security as one account holds it."""

    symbol: Annotated[UniversalSymbol, OrDefault] = UniversalSymbol()


class LegacyPosition(LenientModel):
    """A line of anything but options: numbers are JSON numbers here."""

    symbol: Annotated[PositionSymbol, OrDefault] = PositionSymbol()
    units: Number = None
    fractional_units: Number = None
    price: Number = None
    average_purchase_price: Number = None
    currency: models.Currency | None = None
    cash_equivalent: Flag = None
    tax_lots: list[models.TaxLot] | None = None
    unread: Unread = ()


class OptionSymbol(LenientModel):
    """The terms of an option."""

    id: Told | None = None
    ticker: Told | None = None
    option_type: Told | None = None
    strike_price: Number = None
    expiration_date: Day = None
    is_mini_option: Flag = None
    underlying_symbol: UniversalSymbol | None = None


class OptionBrokerageSymbol(LenientModel):
    """An option as one account holds it."""

    description: Told | None = None
    option_symbol: Annotated[OptionSymbol, OrDefault] = OptionSymbol()


class LegacyOption(LenientModel):
    """A line of options: units are contracts, the price is per underlying unit."""

    symbol: Annotated[OptionBrokerageSymbol, OrDefault] = OptionBrokerageSymbol()
    units: Number = None
    price: Number = None
    average_purchase_price: Number = None
    currency: models.Currency | None = None
    unread: Unread = ()


class LegacyHoldings(LenientModel):
    """The whole answer; a part that the broker did not give is null."""

    positions: list[LegacyPosition] | None = None
    option_positions: list[LegacyOption] | None = None
    balances: list[models.Balance] | None = None


def read_legacy(
    client: SnapTradeClient, user: Credential, account_id: str
) -> tuple[Holdings, None]:
    """Read an account in one call; the broker's date is not part of that answer."""
    document = client.legacy_holdings(user, account_id)
    answer = validated(LegacyHoldings.model_validate, document.content, document.told)
    return to_holdings(answer, source=document.text), None


def to_holdings(answer: LegacyHoldings, *, source: str) -> Holdings:
    """Read positions, options and balances of one answer; a null part is unknown, not empty."""
    lines = [_to_position(line) for line in answer.positions or ()]
    options = [_to_option_position(line) for line in answer.option_positions or ()]
    missing = {
        Part.POSITIONS: answer.positions is None,
        Part.OPTIONS: answer.option_positions is None,
        Part.BALANCES: answer.balances is None,
    }
    return Holdings(
        positions=() if answer.positions is None else (*lines, *options),
        balances=tuple(to_balance(line) for line in answer.balances or ()),
        source=source,
        missing_parts=tuple(part for part, is_missing in missing.items() if is_missing),
    )


def _to_position(line: LegacyPosition) -> Position:
    symbol = line.symbol.symbol
    code = symbol.type.code if symbol.type else None
    currency = symbol.currency.code if symbol.currency else None
    kind = KINDS_BY_TYPE.get(code or "", code or "other")
    units = line.fractional_units if line.units is None else line.units
    of_short = is_short(units, line.tax_lots)
    return Position(
        instrument=Instrument(
            kind=kind,
            id=symbol.id,
            symbol=symbol.symbol or symbol.raw_symbol,
            name=symbol.description,
            currency=currency,
            mic=symbol.exchange.mic_code if symbol.exchange else None,
            figi=_figi(symbol),
        ),
        units=signed(units, is_short=of_short),
        price=line.price,
        cost_per_unit=line.average_purchase_price,
        currency=(line.currency.code if line.currency else None) or currency,
        cash_equivalent=bool(line.cash_equivalent),
        numbers=numbers_of(line.unread, _NUMBERS),
        lots=to_lots(line.tax_lots, of_short=of_short),
        price_basis=None if kind == BOND else PriceBasis.UNIT,
    )


def _to_option_position(line: LegacyOption) -> Position:
    option = line.symbol.option_symbol
    underlying = option.underlying_symbol or UniversalSymbol()
    multiplier = MINI if option.is_mini_option else STANDARD
    listed = underlying.currency.code if underlying.currency else None
    paid = line.average_purchase_price
    return Position(
        instrument=Instrument(
            kind="option",
            id=option.id,
            symbol=option.ticker,
            name=line.symbol.description,
            option=OptionContract(
                side=option.option_type.lower() if option.option_type else None,
                strike=option.strike_price,
                expires_on=option.expiration_date,
                underlying=underlying.symbol,
            ),
            multiplier=multiplier,
        ),
        units=line.units,
        price=line.price,
        # Tens and hundreds divide exactly.
        cost_per_unit=None if paid is None else EXACT.divide(paid, multiplier),
        currency=(line.currency.code if line.currency else None) or listed,
        numbers=numbers_of(line.unread, _NUMBERS),
    )


def _figi(symbol: UniversalSymbol) -> str | None:
    newer = symbol.figi_instrument.figi_code if symbol.figi_instrument else None
    return newer or symbol.figi_code
