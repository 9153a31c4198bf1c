"""From Plaid's words to ours."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from freshet.adapters.exact_json import rendered
from freshet.adapters.foreign_json import numbers_of
from freshet.adapters.plaid import models
from freshet.adapters.plaid.errors import meaning_of
from freshet.domain.account import INVESTMENT, AccountReport, AccountStatus
from freshet.domain.call_errors import LoginRequired, ProviderError
from freshet.domain.connection_report import ConnectionReport, DataMode, Institution
from freshet.domain.holdings import Balance, Holdings, Instrument, Lot, OptionContract, Position
from freshet.domain.money import EXACT, Money
from freshet.domain.transactions import Transaction

_ACCOUNT_KINDS = {
    "investment": INVESTMENT,
    "brokerage": INVESTMENT,
    "depository": "deposit",
    "credit": "line_of_credit",
}
_INSTRUMENT_KINDS = {
    "equity": "stock",
    "mutual fund": "mutualfund",
    "cryptocurrency": "crypto",
    "fixed income": "bond",
}
# Plaid counts an option in underlying units, contracts x 100; we count contracts.
_UNDERLYINGS = Decimal(100)
_NUMBERS = {"line", "quantity", "institution_price", "institution_value", "cost_basis"}
"""What makes the worth of a line."""
_PER_UNIT_PLACES = Decimal("1e-10")
_ROUNDING = Context(prec=200, rounding=ROUND_HALF_EVEN)


def to_connection_report(answer: models.ItemAnswer) -> ConnectionReport:
    """Read an Item: one whose error only the user can mend is disabled for us.

    Plaid reads institutions about once a day, whatever the institution.
    """
    item = answer.item
    return ConnectionReport(
        is_disabled=issubclass(refusal_in(answer) or ProviderError, LoginRequired),
        data_mode=DataMode.DELAYED,
        institution=Institution(item.institution_id, item.institution_name),
        ends_at=item.consent_expiration_time,
    )


def refusal_in(answer: models.ItemAnswer) -> type[ProviderError] | None:
    """Say what the error means that an Item carries, if any."""
    error = answer.item.error
    if error is None or error.error_code is None:
        return None
    return meaning_of(error.error_code, error.error_type or "").kind


def to_account_report(
    account: models.Account, document: Mapping[str, Any], *, synced_at: datetime | None
) -> AccountReport:
    """Read an account; `synced_at` is when Plaid last was at the institution with success."""
    kind = account.type or INVESTMENT
    return AccountReport(
        provider_account_id=account.account_id,
        name=account.name or account.official_name,
        number=f"****{account.mask}" if account.mask else None,
        kind=_ACCOUNT_KINDS.get(kind, kind),
        raw_type=account.subtype,
        status=AccountStatus.OPEN,
        is_paper=False,
        value=_account_value(account.balances),
        has_holdings=True,
        is_loaded=True,
        synced_at=synced_at,
        transactions_synced_on=synced_at.date() if synced_at else None,
        institution_account_id=account.persistent_account_id,
        source=rendered(document),
    )


def to_holdings(
    holdings: Iterable[models.Holding],
    securities: Mapping[str | None, models.Security],
    *,
    source: str,
) -> Holdings:
    """Read one account's lines. Cash is what its cash equivalents are worth, by currency."""
    positions = tuple(
        _to_position(each, securities.get(each.security_id or "")) for each in holdings
    )
    return Holdings(positions=positions, balances=_cash_of(positions), source=source)


def to_transaction(
    answer: models.Transaction,
    document: Mapping[str, Any],
    tickers: Mapping[str | None, str | None],
) -> Transaction | None:
    """Read an investment transaction, the sign of its amount turned: cash in is positive here."""
    if answer.date is None:
        return None
    return Transaction(
        happened_on=answer.date,
        settled_on=None,
        type=(answer.type or "unknown").upper(),
        description=answer.name,
        symbol=tickers.get(answer.security_id),
        units=answer.quantity,
        price=answer.price,
        amount=None if answer.amount is None else EXACT.minus(answer.amount),
        fee=answer.fees,
        currency=answer.iso_currency_code or answer.unofficial_currency_code,
        provider_id=answer.investment_transaction_id,
        source=rendered(document, in_order=True),
    )


def _account_value(balances: models.Balances) -> Money | None:
    currency = balances.iso_currency_code or balances.unofficial_currency_code
    if balances.current is None or currency is None:
        return None
    return Money(balances.current, currency)


def _to_position(holding: models.Holding, security: models.Security | None) -> Position:
    # A line without its security is kept all the same: under the security's id alone.
    known = security or models.Security(security_id=holding.security_id)
    option = _to_option(known.option_contract)
    return Position(
        instrument=_to_instrument(known, option),
        units=_units(holding.quantity, option),
        price=holding.institution_price,
        cost_per_unit=_per_unit(holding.cost_basis, holding.quantity),
        currency=_currency(holding) or _currency(known),
        cash_equivalent=bool(known.is_cash_equivalent) or known.type == "cash",
        lots=tuple(_to_lot(lot) for lot in holding.tax_lots or ()),
        stated_value=holding.institution_value,
        numbers=numbers_of(holding.unread, _NUMBERS),
    )


def _to_instrument(security: models.Security, option: OptionContract | None) -> Instrument:
    kind = security.type or "other"
    return Instrument(
        kind="option" if option else _INSTRUMENT_KINDS.get(kind, kind),
        id=security.security_id,
        symbol=security.ticker_symbol,
        name=security.name,
        currency=_currency(security),
        mic=security.market_identifier_code,
        figi=security.figi,
        option=option,
    )


def _to_option(contract: models.OptionContract | None) -> OptionContract | None:
    if contract is None:
        return None
    return OptionContract(
        side=contract.contract_type,
        strike=contract.strike_price,
        expires_on=contract.expiration_date,
        multiplier=_UNDERLYINGS,
        underlying=contract.underlying_security_ticker,
    )


def _to_lot(lot: models.TaxLot) -> Lot:
    return Lot(
        acquired_at=lot.original_purchase_datetime,
        units=lot.quantity,
        cost_per_unit=lot.purchase_price,
    )


def _units(quantity: Decimal | None, option: OptionContract | None) -> Decimal | None:
    if quantity is None or option is None:
        return quantity
    return EXACT.divide(quantity, _UNDERLYINGS)


def _per_unit(total: Decimal | None, quantity: Decimal | None) -> Decimal | None:
    # Plaid gives a position's total cost; per unit it is rounded to ten places, the only number
    # here that is not the provider's own. The total stays in the source document.
    if total is None or not quantity:
        return None
    return _ROUNDING.divide(total, quantity).quantize(_PER_UNIT_PLACES, context=_ROUNDING)


def _currency(priced: models.Holding | models.Security) -> str | None:
    return priced.iso_currency_code or priced.unofficial_currency_code


def _cash_of(positions: Iterable[Position]) -> tuple[Balance, ...]:
    cash: dict[str, Decimal] = {}
    for position in positions:
        if position.cash_equivalent and position.currency and position.value is not None:
            so_far = cash.get(position.currency, Decimal(0))
            cash[position.currency] = EXACT.add(so_far, position.value)
    return tuple(
        Balance(currency=currency, cash=amount, buying_power=None)
        for currency, amount in sorted(cash.items())
    )
