"""An account's holdings in SnapTrade's documented shape, made from what it serves today.

The call that served this shape is retired. Every field below says what becomes of it: taken over
(`direct`), computed (`derived`), looked up in SnapTrade's reference data (`reference`), or without
any source today (`null`). SnapTrade's own models read the result: where they take no null, a field
without a value is left out. The other direction, from the retired call to our words, is `legacy`.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from freshet.adapters.snaptrade.fields import (
    Document,
    Field,
    Origin,
    Reference,
    code_of,
    currencies_of,
    currency_of,
    decimal_of,
    filled_in,
    moved,
    never_null,
    nothing,
    number,
    part_of,
    same,
)
from freshet.adapters.snaptrade.kinds import MINI, OPTION_KINDS, STANDARD, type_code_of
from freshet.domain.holdings import Holdings
from freshet.domain.minor_units import rounded
from freshet.domain.money import EXACT
from freshet.domain.positions import Position
from freshet.domain.totals import totals_of


def _type_member(name: str) -> Field:
    """Look up what SnapTrade's reference data says of an instrument's type."""

    def give(document: Document, reference: Reference) -> Any:
        return reference.types.get(_type_code(document) or "", {}).get(name)

    return never_null(Field(f"type.{name}", Origin.REFERENCE, give))


_INSTRUMENT = (
    same("id"),
    same("symbol"),
    same("raw_symbol"),
    same("description"),
    never_null(currency_of("currency")),
    never_null(
        Field(
            "exchange",
            Origin.REFERENCE,
            lambda document, reference: reference.exchanges.get(code_of(document, "exchange")),
        )
    ),
    _type_member("id"),
    never_null(Field("type.code", Origin.DERIVED, lambda document, _: _type_code(document))),
    _type_member("description"),
    _type_member("is_supported"),
    Field("figi_code", Origin.DIRECT, lambda document, _: _inner(document, "figi_code")),
    same("figi_instrument"),
    currencies_of("currencies"),
)
_DESCRIPTION = never_null(
    Field(
        "symbol.description",
        Origin.DIRECT,
        lambda line, _: part_of(line, "instrument").get("description"),
    )
)


def _instrument(path: str, *names: str) -> tuple[Field, ...]:
    """Put an instrument's fields under a path, and look for them under a name."""
    return tuple(moved(each, path, names) for each in _INSTRUMENT)


ACCOUNT = (
    same("id"),
    never_null(
        Field("brokerage_authorization", Origin.DIRECT, lambda document, _: document["connection"])
    ),
    never_null(same("portfolio_group")),
    same("name"),
    never_null(same("number")),
    never_null(same("institution_name")),
    same("sync_status"),
    never_null(same("meta")),
)
BALANCE = (never_null(same("currency")), same("cash"), same("buying_power"))
POSITION = (
    never_null(nothing("symbol.id")),
    _DESCRIPTION,
    nothing("symbol.local_id"),
    never_null(nothing("symbol.is_quotable")),
    never_null(nothing("symbol.is_tradable")),
    *_instrument("symbol.symbol", "instrument"),
    number("units"),
    number("price"),
    Field("open_pnl", Origin.DERIVED, lambda line, _: line["open_pnl"]),
    number("average_purchase_price", "cost_basis"),
    nothing("fractional_units"),
    never_null(currency_of("currency")),
    same("cash_equivalent"),
    never_null(same("tax_lots")),
)
OPTION_POSITION = (
    never_null(nothing("symbol.id")),
    _DESCRIPTION,
    *(
        moved(each, "symbol.option_symbol", ("instrument",))
        for each in (
            same("id"),
            same("ticker", "symbol"),
            same("option_type"),
            number("strike_price"),
            same("expiration_date"),
            Field("is_mini_option", Origin.DERIVED, lambda option, _: _multiplier(option) == MINI),
        )
    ),
    *_instrument("symbol.option_symbol.underlying_symbol", "instrument", "underlying"),
    never_null(number("units")),
    number("price"),
    Field("average_purchase_price", Origin.DERIVED, lambda line, _: _cost_per_contract(line)),
    currency_of("currency"),
)
TOTAL = (
    Field("value", Origin.DERIVED, lambda total, _: total["value"]),
    Field("currency", Origin.DERIVED, lambda total, _: total["currency"]),
)
FIELDS: Mapping[str, Origin] = {
    f"{part}.{field.path}": field.origin
    for part, fields in {
        "account": ACCOUNT,
        "balances[]": BALANCE,
        "positions[]": POSITION,
        "option_positions[]": OPTION_POSITION,
        "total_value": TOTAL,
    }.items()
    for field in fields
}
"""Every field of the shape by its path, and its origin."""


def to_account_holdings(
    *,
    connection: Document | None,
    account: Document,
    positions: Document,
    balances: Iterable[Document],
    holdings: Holdings,
    reference: Reference,
) -> dict[str, Any]:
    """Give the documented shape of an account from today's documents and what we read in them.

    A connection that was last read before its document was kept has none.
    """
    lines = [
        {**each, "open_pnl": _open_profit(each, read)}
        for each, read in zip_longest(positions["results"], holdings.positions)
        if isinstance(each, dict)
    ]
    cash = [each for each in balances if isinstance(each, dict)]
    options = [each for each in lines if _kind_of(each) in OPTION_KINDS]
    others = [each for each in lines if _kind_of(each) not in OPTION_KINDS]
    return {
        "account": filled_in(ACCOUNT, {**account, "connection": connection}, reference),
        "balances": [filled_in(BALANCE, each, reference) for each in cash],
        "positions": [filled_in(POSITION, each, reference) for each in others],
        "option_positions": [filled_in(OPTION_POSITION, each, reference) for each in options],
        "total_value": filled_in(TOTAL, _total_value(account, holdings), reference),
    }


def _inner(document: Document, name: str) -> Any:
    return part_of(document, "figi_instrument").get(name)


def _kind_of(line: Document) -> str:
    return code_of(part_of(line, "instrument"), "kind")


def _type_code(instrument: Document) -> str | None:
    return type_code_of(code_of(instrument, "kind"))


def _open_profit(line: Document, read: Position | None) -> Decimal | None:
    price, cost = (decimal_of(line.get(name)) for name in ("price", "cost_basis"))
    if read is None or price is None or cost is None:
        return None
    profit = read.times(EXACT.subtract(price, cost))
    return None if profit is None else rounded(profit, read.currency)


def _multiplier(option: Document) -> Decimal:
    return decimal_of(option.get("multiplier")) or STANDARD


def _cost_per_contract(line: Document) -> Decimal | None:
    cost = decimal_of(line.get("cost_basis"))
    return None if cost is None else EXACT.multiply(cost, _multiplier(part_of(line, "instrument")))


def _total_value(account: Document, holdings: Holdings) -> dict[str, Any]:
    """Add up what the account's own currency counts; null where anything is in another one."""
    balance = part_of(part_of(account, "balance"), "total")
    totals = totals_of(holdings) or ()
    if len(totals) != 1 or totals[0].unpriced_positions:
        return {"value": None, "currency": balance.get("currency")}
    value = rounded(totals[0].total, totals[0].currency)
    return {"value": value, "currency": totals[0].currency}
