"""Short positions, as both providers tell of them: by the sign, or by lots that are all short."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

_SHORT, _LONG = "SHORT", "LONG"


class TaxLot(Protocol):
    """A lot that may say on which side it is."""

    @property
    def position_type(self) -> str | None:
        """`LONG`, `SHORT`, or nothing."""


def is_short(units: Decimal | None, lots: Sequence[TaxLot] | None) -> bool:
    """Tell whether a position is short: by its units, or where these are positive by its lots."""
    if units is not None and units < 0:
        return True
    return all(lot.position_type == _SHORT for lot in lots) if lots else False


def is_short_lot(lot: TaxLot, *, of_short: bool) -> bool:
    """Tell whether a lot is short: it says so itself, or counts like its position."""
    return lot.position_type == _SHORT if lot.position_type in (_SHORT, _LONG) else of_short


def signed(number: Decimal | None, *, is_short: bool) -> Decimal | None:
    """Give a number of a short as a negative one; digits are never rounded."""
    if number is None or not is_short:
        return number
    return number.copy_abs().copy_negate() if number else number
