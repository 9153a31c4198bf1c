"""Holdings and securities as a person or a test writes them down, whole or in a few words."""

from collections.abc import Collection
from decimal import Decimal

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.instruments import holding, security, value_of
from tests.simulators.plaid.plain_values import ValueRefused, Values

_CASH_PREFIX = "CUR:"
_OPTIONAL_TEXTS = (
    "iso_currency_code", "unofficial_currency_code",
    "institution_price_as_of", "institution_price_datetime",
)  # fmt: skip
_OPTIONAL_NUMBERS = ("vested_quantity", "vested_value")
_SMALL = (
    "ticker", "ticker_symbol", "name", "type", "quantity", "price", "institution_price",
    "institution_price_as_of", "institution_price_datetime", "cost_basis", "currency", "security",
)  # fmt: skip

type Held = tuple[Document, Document | None]


def held_in(values: Values, *, known: Collection[str]) -> Held:
    """Return a holding, and its security where it brings its own; raises ValueRefused.

    With a `security_id` it is taken as the provider writes it; without, as a small shape such as
    ticker, quantity and price.
    """
    if "security_id" not in values.document:
        found, line = small_holding(values)
        return line, found
    security_id = values.text("security_id")
    if security_id not in known:
        raise ValueRefused(values.name("security_id"), "is the id of no security here")
    return _whole_holding(values), None


def security_in(values: Values) -> Document:
    """Return a security; one without an id is completed; raises ValueRefused."""
    for name in ("ticker_symbol", "name", "type", "subtype", "iso_currency_code"):
        values.optional_text(name)
    if "security_id" in values.document:
        values.text("security_id")
        return dict(values.document)
    symbol = values.text("ticker_symbol")
    given = values.others("ticker_symbol", "type", "name")
    return _security(symbol, values.text("name", symbol), values.optional_text("type"), **given)


def small_holding(values: Values) -> tuple[Document, Document]:
    """Return a security and a holding of it from a few words; raises ValueRefused."""
    values.only(*_SMALL)
    about = values.object("security")
    about.only("ticker_symbol", "name", "type", "currency")
    symbol = _first_text(values, about)
    currency = values.text("currency", about.text("currency", "USD"))
    name = values.text("name", about.text("name", symbol))
    kind = values.optional_text("type") or about.optional_text("type")
    found = _security(symbol, name, kind, iso_currency_code=currency)
    price_name = "institution_price" if "institution_price" in values.document else "price"
    cost_basis = values.optional_number("cost_basis")
    line = holding(
        found,
        str(values.number("quantity")),
        str(values.number(price_name)),
        None if cost_basis is None else str(cost_basis),
        institution_price_as_of=values.optional_text("institution_price_as_of"),
        institution_price_datetime=values.optional_text("institution_price_datetime"),
    )
    return found, line


def _whole_holding(values: Values) -> Document:
    quantity, price = values.number("quantity"), values.number("institution_price")
    for name in _OPTIONAL_TEXTS:
        values.optional_text(name)
    for name in _OPTIONAL_NUMBERS:
        values.optional_number(name)
    if values.document.get("tax_lots") is not None:
        values.objects("tax_lots")
    usual: Document = {"iso_currency_code": "USD", "unofficial_currency_code": None}
    if values.document.get("unofficial_currency_code") is not None:
        usual["iso_currency_code"] = None
    return usual | values.document | {
        "quantity": quantity,
        "institution_price": price,
        "institution_value": _value(values, value_of(quantity, price)),
        "cost_basis": values.optional_number("cost_basis"),
    }  # fmt: skip


def _value(values: Values, usual: Decimal) -> Decimal | None:
    # The provider documents a number; null is for readers that must survive it.
    if "institution_value" in values.document:
        return values.optional_number("institution_value")
    return usual


def _first_text(values: Values, about: Values) -> str:
    for holder, name in ((values, "ticker"), (values, "ticker_symbol"), (about, "ticker_symbol")):
        if name in holder.document:
            return holder.text(name)
    raise ValueRefused(values.name("ticker_symbol"), "is missing")


def _security(symbol: str, name: str, kind: str | None, **fields: object) -> Document:
    is_cash = symbol.startswith(_CASH_PREFIX)
    usual: Document = {"is_cash_equivalent": is_cash}
    return security(kind or ("cash" if is_cash else "equity"), symbol, name, **(usual | fields))
