"""Kinds of securities: today's words for them, and the codes that the retired calls had."""

from decimal import Decimal

# The codes of the security type and the kinds that succeed them; the rest are kept as they are.
KINDS_BY_TYPE = {
    "cs": "stock",
    "ps": "stock",
    "ad": "adr",
    "et": "etf",
    "oef": "mutualfund",
    "cef": "cef",
    "crypto": "crypto",
    "bnd": "bond",
}
OPTION_KINDS = frozenset({"option", "future_option"})
# How many underlying units an option contract is about.
MINI = Decimal(10)
STANDARD = Decimal(100)


def type_code_of(kind: str | None) -> str | None:
    """Give the code of the type that a kind succeeds, the usual one of several."""
    return next((code for code, meant in KINDS_BY_TYPE.items() if meant == kind), None)
