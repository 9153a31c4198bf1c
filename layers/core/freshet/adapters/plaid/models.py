"""Plaid's answers as pydantic models: a missing field is a null, an unknown one is no trouble."""

from datetime import date, datetime, time
from typing import Annotated, Any

from msgspec import Struct
from pydantic import PlainValidator

from freshet.adapters.foreign_json import (
    Day,
    Flag,
    Id,
    Identity,
    Instant,
    LenientModel,
    Number,
    OrDefault,
    StatedDay,
    Told,
    Unread,
    stated_day,
)
from freshet.domain.instants import stated_from_text


def _day_or_instant(value: object) -> date | datetime:
    # Midnight, wherever it is, stands for a day of which no time is known.
    text = str(value)
    is_midnight = datetime.fromisoformat(text).time() == time()
    return stated_day(text) if is_midnight else stated_from_text(text)


DayOrInstant = Annotated[date | datetime, PlainValidator(_day_or_instant)] | None


class _Answer(LenientModel):
    """An answer or a part of one."""


class ItemError(_Answer):
    """Why an Item does not work; webhooks and `/item/get` carry it."""

    error_code: Told | None = None
    error_type: Told | None = None


class Item(_Answer):
    """An Item: one login at one institution."""

    item_id: Id
    institution_id: Told | None = None
    institution_name: Told | None = None
    error: ItemError | None = None
    consent_expiration_time: Instant = None


class ProductStatus(_Answer):
    """When Plaid was last at the institution for a product, with and without success."""

    last_successful_update: Instant = None
    last_failed_update: Instant = None


class ItemStatus(_Answer):
    """The part of `/item/get` that proves an extraction."""

    investments: ProductStatus | None = None


class ItemAnswer(_Answer):
    """The answer of `/item/get`; 200 also for a broken Item."""

    item: Item
    status: ItemStatus | None = None


class Balances(_Answer):
    """An account's balances; `current` is its total value, `available` the cash in it."""

    current: Number = None
    available: Number = None
    margin_loan_amount: Number = None
    last_updated_datetime: Instant = None
    iso_currency_code: Told | None = None
    unofficial_currency_code: Told | None = None
    unread: Unread = ()


class Account(_Answer):
    """An account of an Item, investment or not."""

    account_id: Id
    # Given by institutions whose account numbers differ with every link.
    persistent_account_id: Identity = None
    name: Told | None = None
    official_name: Told | None = None
    mask: Told | None = None
    type: Told | None = None
    subtype: Told | None = None
    balances: Annotated[Balances, OrDefault] = Balances()


class AccountsAnswer(_Answer):
    """The answer of `/accounts/get`."""

    accounts: list[Account]
    item: Item


class OptionContract(_Answer):
    """The terms of an option."""

    contract_type: Told | None = None
    expiration_date: Day = None
    strike_price: Number = None
    underlying_security_ticker: Told | None = None


class Security(_Answer):
    """What is held; `type` is an open list of plain words."""

    security_id: Identity = None
    name: Told | None = None
    ticker_symbol: Told | None = None
    type: Told | None = None
    is_cash_equivalent: Flag = None
    iso_currency_code: Told | None = None
    unofficial_currency_code: Told | None = None
    market_identifier_code: Told | None = None
    figi: Told | None = None
    option_contract: OptionContract | None = None


class TaxLot(_Answer):
    """A lot, where the institution tells lots apart."""

    original_purchase_datetime: Told | None = None
    quantity: Number = None
    purchase_price: Number = None
    position_type: Told | None = None


class Holding(_Answer):
    """A line of a portfolio; an option's quantity counts underlying units, not contracts."""

    account_id: Id
    security_id: Identity = None
    quantity: Number = None
    institution_price: Number = None
    institution_price_as_of: StatedDay = None
    institution_price_datetime: DayOrInstant = None
    institution_value: Number = None
    cost_basis: Number = None
    vested_quantity: Number = None
    vested_value: Number = None
    iso_currency_code: Told | None = None
    unofficial_currency_code: Told | None = None
    tax_lots: list[TaxLot] | None = None
    unread: Unread = ()


class HoldingsAnswer(_Answer):
    """The answer of `/investments/holdings/get`: every account of the Item at once."""

    accounts: list[Account]
    holdings: list[Holding]
    securities: list[Security]


class TransactionsPage(_Answer):
    """A page of `/investments/transactions/get`; the rows are kept as they are."""

    investment_transactions: list[dict[str, Any]]
    securities: Annotated[list[Security], OrDefault] = []
    total_investment_transactions: int


class Transaction(_Answer):
    """One investment transaction; positive amounts are cash out."""

    investment_transaction_id: Identity = None
    security_id: Identity = None
    date: StatedDay = None
    name: Told | None = None
    quantity: Number = None
    amount: Number = None
    price: Number = None
    fees: Number = None
    type: Told | None = None
    subtype: Told | None = None
    iso_currency_code: Told | None = None
    unofficial_currency_code: Told | None = None


Listed = tuple[Transaction, dict[str, Any]]
"""A transaction as read, and its document whole."""


class TransactionsRead(Struct, frozen=True):
    """All pages together: transactions with their documents, and what securities are called."""

    rows: tuple[Listed, ...]
    tickers: dict[str | None, str | None]
    is_whole: bool
