"""Exact decimals: from the provider's text to the API's text without a float in between."""

import re
from decimal import Context, Decimal, Inexact, InvalidOperation

from msgspec import Struct

# Products of two 17-digit numbers need 34 digits; 400 leaves room for any sum of them. A result
# that would still have to be rounded raises instead.
EXACT = Context(prec=400, traps=[Inexact, InvalidOperation])

_DECIMAL = re.compile(r"-?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
_USUAL = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,18})?")
# Products of what passes have 80 digits at most, and stay far from what a table cannot hold.
_MAX_EXPONENT = 30
_LONGEST = Context(prec=40, traps=[Inexact])


def exact_decimal(text: str) -> Decimal:
    """Parse a decimal; refuse what is no finite number or is absurdly large, small or long."""
    if _USUAL.fullmatch(text):  # too short to be anything but sane, and nearly all are
        return Decimal(text)
    if not _DECIMAL.fullmatch(text):
        raise ValueError("not a decimal number of a sane length")
    return sane(Decimal(text))


def stored_decimal(text: str) -> Decimal:
    """Read a number of our own: a sum or a product may be larger than what comes from outside."""
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number


def sane(number: Decimal) -> Decimal:
    """Give a number back as it is; refuse one that is not finite, absurdly large or long."""
    if not number.is_finite() or abs(number.adjusted()) > _MAX_EXPONENT:
        raise ValueError("not a number of a sane size")
    try:
        _LONGEST.plus(number)
    except Inexact:
        raise ValueError("not a decimal number of a sane length") from None
    return number


def decimal_to_text(number: Decimal) -> str:
    """Render without an exponent, the digits kept: `Decimal("1.50")` gives `1.50`."""
    return format(number, "f")


def optional_decimal_to_text(number: Decimal | None) -> str | None:
    """Render a number that may be missing."""
    return None if number is None else decimal_to_text(number)


def optional_decimal(text: str | None) -> Decimal | None:
    """Parse a number that may be missing."""
    return None if text is None else stored_decimal(text)


def canonical(number: Decimal | None) -> str | None:
    """Give equal numbers one text: `12.50` and `12.5` are both `12.5`, `-0` is `0`."""
    return None if number is None else decimal_to_text(EXACT.plus(number).normalize(EXACT))


class Money(Struct, frozen=True):
    """An amount in one currency; amounts of different currencies never meet."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Refuse NaN and infinity, which compare false with every limit."""
        if not self.amount.is_finite():
            raise ValueError("an amount of money must be a finite number")
