"""SnapTrade's answers as pydantic models: lenient about the unknown, exact about numbers."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

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
)


class _Answer(LenientModel):
    """An answer or a part of one."""


class Brokerage(_Answer):
    """The institution behind a connection."""

    slug: Told | None = None
    display_name: Told | None = None
    name: Told | None = None


class Authorization(_Answer):
    """A connection; SnapTrade marks no field as required."""

    id: Told | None = None
    disabled: Annotated[bool, Field(strict=True), OrDefault] = False
    brokerage: Annotated[Brokerage, OrDefault] = Brokerage()
    # An object since September 2026, text before, absent in between.
    data_freshness_mode: dict[str, Any] | Told | None = None
    unread: Unread = ()


class Amount(_Answer):
    """An amount that may be missing in either half."""

    amount: Number = None
    currency: Told | None = None


class OldBalance(_Answer):
    """The balance of the old account shape."""

    total: Amount | None = None


class SyncPart(_Answer):
    """How far one half of an account's data is."""

    initial_sync_completed: Flag = None
    last_successful_sync: Instant = None
    holdings_unavailable: Flag = None


class TransactionsSync(_Answer):
    """How far an account's transactions are: everything up to this day is in."""

    initial_sync_completed: Flag = None
    last_successful_sync: StatedDay = None


class SyncStatus(_Answer):
    """How far an account's data is."""

    holdings: SyncPart | None = None
    transactions: TransactionsSync | None = None
    positions: Instant = None
    balances: Instant = None


class Account(_Answer):
    """An account in the older shape, or in that of `/connections/{id}/accounts`."""

    id: Id
    name: Told | None = None
    display_name: Told | None = None
    number: Told | None = None
    masked_account_number: Told | None = None
    institution_account_id: Identity = None
    kind: Told | None = None
    account_category: Told | None = None
    raw_type: Told | None = None
    status: Told | None = None
    is_paper: Flag = None
    balance: OldBalance | None = None
    net_value: Amount | None = None
    sync_status: Annotated[SyncStatus, OrDefault] = SyncStatus()


def _mic(value: object) -> object:
    # A code, or in the older shape an object that has it.
    return value.get("mic_code") if isinstance(value, dict) else value


Exchange = Annotated[Told | None, BeforeValidator(_mic)]


class Figi(_Answer):
    """The open identifier of a security."""

    figi_code: Told | None = None


class Underlying(_Answer):
    """What an option is on."""

    symbol: Told | None = None


class Instrument(_Answer):
    """What is held; `kind` is an open list."""

    kind: Annotated[Told, OrDefault] = "other"
    id: Told | None = None
    symbol: Told | None = None
    raw_symbol: Told | None = None
    description: Told | None = None
    currency: Told | None = None
    exchange: Exchange = None
    figi_instrument: Figi | None = None
    option_type: Told | None = None
    strike_price: Number = None
    expiration_date: Day = None
    multiplier: Number = None
    underlying: Underlying | None = None


class TaxLot(_Answer):
    """A lot, where the add-on is booked."""

    original_purchase_date: Told | None = None
    quantity: Number = None
    purchased_price: Number = None
    position_type: Told | None = None


class Position(_Answer):
    """A line of `positions/all`: decimals arrive as text, a short has negative units."""

    instrument: Annotated[Instrument, OrDefault] = Instrument()
    units: Number = None
    price: Number = None
    cost_basis: Number = None
    currency: Told | None = None
    cash_equivalent: Flag = None
    tax_lots: list[TaxLot] | None = None
    unread: Unread = ()


class DataFreshness(_Answer):
    """How old the broker's data is."""

    as_of: Instant = None


class Positions(_Answer):
    """The answer of `GET /accounts/{id}/positions/all`."""

    results: list[Position]
    data_freshness: DataFreshness | None = None


class Currency(_Answer):
    """A currency by its ISO code."""

    code: Told | None = None


class Balance(_Answer):
    """A line of `GET /accounts/{id}/balances`."""

    currency: Currency | None = None
    cash: Number = None
    buying_power: Number = None
    unread: Unread = ()


class Pagination(_Answer):
    """Where a page lies in the whole."""

    total: int


class ActivitiesPage(_Answer):
    """A page of `GET /accounts/{id}/activities`; the rows are kept as they are."""

    data: list[dict[str, Any]]
    pagination: Pagination


class ActivitySymbol(_Answer):
    """What an activity is about."""

    symbol: Told | None = None
    ticker: Told | None = None


class ActivityCurrency(_Answer):
    """The currency of an activity."""

    code: Told | None = None


class Activity(_Answer):
    """One activity; positive amounts are cash in, `type` is an open list."""

    id: Identity = None
    external_reference_id: Identity = None
    type: Annotated[Told, OrDefault] = "UNKNOWN"
    description: Told | None = None
    symbol: ActivitySymbol | None = None
    option_symbol: ActivitySymbol | None = None
    units: Number = None
    price: Number = None
    amount: Number = None
    fee: Number = None
    currency: ActivityCurrency | None = None
    trade_date: StatedDay = None
    settlement_date: StatedDay = None
