"""From SnapTrade's words to ours."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from freshet.adapters.exact_json import rendered
from freshet.adapters.foreign_json import numbers_of
from freshet.adapters.shorts import is_short, is_short_lot, signed
from freshet.adapters.snaptrade import models
from freshet.adapters.snaptrade.kinds import OPTION_KINDS
from freshet.domain.account import INVESTMENT, AccountReport, AccountStatus, masked_number
from freshet.domain.connection_report import ConnectionReport, DataMode, Institution
from freshet.domain.holdings import Balance, Holdings
from freshet.domain.instruments import BOND, FUTURE, Instrument, OptionContract
from freshet.domain.money import Money
from freshet.domain.positions import Lot, Position, PriceBasis
from freshet.domain.transactions import Transaction

_ACCOUNT_KINDS = {
    "INVESTMENT": INVESTMENT,
    "DEPOSIT": "deposit",
    "LOC": "line_of_credit",
    "ANNUITY": "annuity",
}
_NUMBERS = {"line", "instrument", "units", "price", "cost_basis", "multiplier"}
"""What makes the worth of a line."""
_DATA_MODES = {"realtime": DataMode.REALTIME, "delayed": DataMode.DELAYED}
# The statuses of the older shape; "unavailable" says nothing about the account having ended.
_CLOSED = frozenset({"closed", "archived"})


def to_connection_report(answer: models.Authorization, document: Any) -> ConnectionReport:
    """Read a connection and keep its document; a missing or unknown data mode stays unknown."""
    mode = answer.data_freshness_mode
    served = mode.get("snaptrade") if isinstance(mode, dict) else mode
    brokerage = answer.brokerage
    return ConnectionReport(
        is_disabled=answer.disabled,
        data_mode=_DATA_MODES.get(str(served), DataMode.UNKNOWN),
        institution=Institution(brokerage.slug, brokerage.display_name or brokerage.name),
        source=rendered(document),
    )


def to_account_report(answer: models.Account, document: dict[str, Any]) -> AccountReport:
    """Read an account in either shape, and keep its document whole."""
    synced = answer.sync_status.holdings or models.SyncPart()
    transactions = answer.sync_status.transactions or models.TransactionsSync()
    return AccountReport(
        provider_account_id=answer.id,
        name=answer.name or answer.display_name,
        number=masked_number(answer.number or answer.masked_account_number),
        kind=_account_kind(answer),
        raw_type=answer.raw_type,
        status=AccountStatus.CLOSED if answer.status in _CLOSED else AccountStatus.OPEN,
        is_paper=bool(answer.is_paper),
        value=_account_value(answer),
        # SnapTrade shows positions of investment accounts alone.
        has_holdings=_account_kind(answer) == INVESTMENT
        and synced.holdings_unavailable is not True,
        is_loaded=_is_loaded(answer),
        synced_at=synced.last_successful_sync or answer.sync_status.positions,
        # Before its first load is over, nothing is in up to any day.
        transactions_synced_on=None
        if transactions.initial_sync_completed is False
        else transactions.last_successful_sync,
        institution_account_id=answer.institution_account_id,
        source=rendered(document),
    )


def to_holdings(
    positions: models.Positions, balances: list[models.Balance], *, source: str
) -> Holdings:
    """Read positions and balances."""
    return Holdings(
        positions=tuple(_to_position(line) for line in positions.results),
        balances=tuple(to_balance(line) for line in balances),
        source=source,
    )


def to_balance(line: models.Balance) -> Balance:
    """Read the cash in one currency."""
    return Balance(
        currency=line.currency.code if line.currency else None,
        cash=line.cash,
        buying_power=line.buying_power,
        numbers=numbers_of(line.unread, {"line", "cash", "currency", "code"}),
    )


def to_lots(lots: Sequence[models.TaxLot] | None, *, of_short: bool) -> tuple[Lot, ...]:
    """Read tax lots: they count like their position, a short's are negative."""
    return tuple(
        Lot(
            acquired_at=lot.original_purchase_date,
            units=signed(lot.quantity, is_short=is_short_lot(lot, of_short=of_short)),
            cost_per_unit=lot.purchased_price,
        )
        for lot in lots or ()
    )


def _is_loaded(answer: models.Account) -> bool:
    status = answer.sync_status
    if answer.kind is not None and status.holdings is None:
        return status.positions is not None  # the newer shape says it by a date
    return status.holdings is None or status.holdings.initial_sync_completed is not False


def to_transaction(answer: models.Activity, document: dict[str, Any]) -> Transaction | None:
    """Read an activity; one without any date has no place in time yet and is left for later."""
    happened_on = answer.trade_date or answer.settlement_date
    if happened_on is None:
        return None
    symbol = answer.option_symbol or answer.symbol
    return Transaction(
        happened_on=happened_on,
        settled_on=answer.settlement_date,
        type=answer.type,
        description=answer.description,
        symbol=(symbol.symbol or symbol.ticker) if symbol else None,
        units=answer.units,
        price=answer.price,
        amount=answer.amount,
        fee=answer.fee,
        currency=answer.currency.code if answer.currency else None,
        provider_id=answer.id,
        group=answer.external_reference_id,
        source=rendered(document, in_order=True),
    )


def _account_kind(answer: models.Account) -> str:
    if answer.kind is not None:
        return answer.kind
    # A missing category means investment; an unknown one is kept as it is.
    category = answer.account_category
    return INVESTMENT if category is None else _ACCOUNT_KINDS.get(category, category.lower())


def _account_value(answer: models.Account) -> Money | None:
    old = answer.balance.total if answer.balance else None
    value = answer.net_value or old
    if value is None or value.amount is None or value.currency is None:
        return None
    return Money(value.amount, value.currency)


def _to_position(line: models.Position) -> Position:
    instrument, of_short = line.instrument, is_short(line.units, line.tax_lots)
    return Position(
        instrument=Instrument(
            kind=instrument.kind,
            id=instrument.id,
            symbol=instrument.symbol or instrument.raw_symbol,
            name=instrument.description,
            currency=instrument.currency,
            mic=instrument.exchange,
            figi=instrument.figi_instrument.figi_code if instrument.figi_instrument else None,
            option=_to_option(instrument),
            multiplier=_multiplier(instrument),
        ),
        units=signed(line.units, is_short=of_short),
        price=line.price,
        cost_per_unit=line.cost_basis,
        currency=line.currency or instrument.currency,
        cash_equivalent=bool(line.cash_equivalent),
        numbers=numbers_of(line.unread, _NUMBERS),
        lots=to_lots(line.tax_lots, of_short=of_short),
        # SnapTrade does not say whether a bond's price is per unit or in percent of its par.
        price_basis=None if instrument.kind == BOND else PriceBasis.UNIT,
    )


def _to_option(instrument: models.Instrument) -> OptionContract | None:
    if instrument.kind not in OPTION_KINDS:
        return None
    return OptionContract(
        side=instrument.option_type.lower() if instrument.option_type else None,
        strike=instrument.strike_price,
        expires_on=instrument.expiration_date,
        underlying=instrument.underlying.symbol if instrument.underlying else None,
    )


def _multiplier(instrument: models.Instrument) -> Decimal | None:
    """Give what one unit stands for; None where only what was known before can tell."""
    is_contract = instrument.kind in OPTION_KINDS or instrument.kind == FUTURE
    return instrument.multiplier if is_contract else instrument.multiplier or Decimal(1)
