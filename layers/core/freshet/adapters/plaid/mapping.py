"""From Plaid's words to ours."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from freshet.adapters.exact_json import rendered
from freshet.adapters.foreign_json import numbers_of, tell_odd
from freshet.adapters.plaid import models
from freshet.adapters.plaid.errors import meaning_of
from freshet.adapters.shorts import is_short, is_short_lot, signed
from freshet.domain.account import INVESTMENT, AccountReport, AccountStatus
from freshet.domain.call_errors import LoginRequired, ProviderError
from freshet.domain.connection_report import ConnectionReport, DataMode, Institution
from freshet.domain.holdings import Debt, Holdings, Statement
from freshet.domain.instruments import DERIVATIVE, Instrument, OptionContract
from freshet.domain.money import EXACT, Money
from freshet.domain.positions import Lot, Numbers, Position, PriceBasis
from freshet.domain.provider import Provider
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
_NUMBERS = {
    "line",
    "quantity",
    "institution_price",
    "institution_value",
    "cost_basis",
    "vested_quantity",
    "vested_value",
}
"""What makes the worth of a line."""
_PER_UNIT = Context(prec=20, rounding=ROUND_HALF_EVEN)
_BASES = {PriceBasis.UNIT: Decimal(1), PriceBasis.PERCENT: Decimal(100)}
_CLOSE = Decimal("0.05")
"""Interest that has accrued is part of some stated values."""


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
    account: models.Account,
    source: str,
    *,
    synced_at: datetime | None,
    is_holding: bool,
) -> AccountReport:
    """Read an account; `synced_at` is when Plaid last was at the institution with success.

    An account of another kind than investment is read where Plaid lists something that it holds.
    """
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
        has_holdings=is_holding or _ACCOUNT_KINDS.get(kind, kind) == INVESTMENT,
        is_loaded=True,
        synced_at=synced_at,
        transactions_synced_on=synced_at.date() if synced_at else None,
        institution_account_id=account.persistent_account_id,
        source=source,
    )


def to_holdings(
    holdings: Iterable[models.Holding],
    securities: Mapping[str | None, models.Security],
    balances: models.Balances,
    *,
    synced_at: datetime | None,
    source: str,
) -> Holdings:
    """Read one account's lines and what is stated of it; cash is a line like any other here."""
    positions = [_to_position(each, securities.get(each.security_id or "")) for each in holdings]
    tell_odd(Provider.PLAID, ["vested_quantity" for each in positions if each.has_odd_vesting])
    return Holdings(
        positions=tuple(positions),
        balances=(),
        debts=_debts_of(balances),
        statement=Statement(
            total=balances.current,
            currency=_currency(balances),
            available=balances.available,
            as_of=balances.last_updated_datetime or synced_at,
        ),
        source=source,
    )


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
    currency = _currency(balances)
    if balances.current is None or currency is None:
        return None
    return Money(balances.current, currency)


def _debts_of(balances: models.Balances) -> tuple[Debt, ...]:
    amount, currency = balances.margin_loan_amount, _currency(balances)
    if "margin_loan_amount" in balances.unread:
        return (Debt(currency=currency, amount=None, numbers=Numbers.UNKNOWN),)
    # Institutions write what is owed with either sign.
    return () if amount is None else (Debt(currency=currency, amount=amount.copy_abs()),)


def _to_position(holding: models.Holding, security: models.Security | None) -> Position:
    # A line without its security is kept all the same: under the security's id alone.
    known = security or models.Security(security_id=holding.security_id)
    option = _to_option(known.option_contract)
    of_short = is_short(holding.quantity, holding.tax_lots)
    price_day, price_at = _price_dates(holding)
    return Position(
        instrument=_to_instrument(known, option),
        units=_units(signed(holding.quantity, is_short=of_short), option),
        price=holding.institution_price,
        cost_per_unit=_per_unit(holding.cost_basis, holding.quantity, is_short=of_short),
        currency=_currency(holding) or _currency(known),
        cash_equivalent=bool(known.is_cash_equivalent) or known.type == "cash",
        lots=tuple(_to_lot(lot, option, of_short=of_short) for lot in holding.tax_lots or ()),
        stated_value=signed(holding.institution_value, is_short=of_short),
        stated_cost=signed(holding.cost_basis, is_short=of_short),
        vested_units=_units(holding.vested_quantity, option),
        vested_value=holding.vested_value,
        price_basis=_price_basis(holding, known),
        price_day=price_day,
        price_at=price_at,
        numbers=numbers_of(holding.unread, _NUMBERS),
    )


def _price_basis(holding: models.Holding, security: models.Security) -> PriceBasis | None:
    """Tell what a bond's price is a price of, by the stated value: Plaid does not say it."""
    if security.type != "fixed income":
        return PriceBasis.UNIT
    numbers = (holding.quantity, holding.institution_price, holding.institution_value)
    quantity, price, value = numbers
    if quantity is None or price is None or value is None or not value:
        return None
    ratio = _PER_UNIT.divide(EXACT.multiply(quantity, price), value).copy_abs()
    return next((basis for basis, about in _BASES.items() if abs(ratio / about - 1) < _CLOSE), None)


def _price_dates(holding: models.Holding) -> tuple[date | None, datetime | None]:
    """Give the day of a price, and its instant where the institution tells one."""
    day, at = holding.institution_price_as_of, holding.institution_price_datetime
    return (day, at) if isinstance(at, datetime) else (day or at, None)


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
        multiplier=_multiplier(kind, option),
    )


def _multiplier(kind: str, option: OptionContract | None) -> Decimal | None:
    if option is not None:
        return _UNDERLYINGS
    return None if kind == DERIVATIVE else Decimal(1)  # Plaid states none for a future


def _to_option(contract: models.OptionContract | None) -> OptionContract | None:
    if contract is None:
        return None
    return OptionContract(
        side=contract.contract_type,
        strike=contract.strike_price,
        expires_on=contract.expiration_date,
        underlying=contract.underlying_security_ticker,
    )


def _to_lot(lot: models.TaxLot, option: OptionContract | None, *, of_short: bool) -> Lot:
    counts_short = is_short_lot(lot, of_short=of_short)
    return Lot(
        acquired_at=lot.original_purchase_datetime,
        units=_units(signed(lot.quantity, is_short=counts_short), option),
        cost_per_unit=lot.purchase_price,
    )


def _units(quantity: Decimal | None, option: OptionContract | None) -> Decimal | None:
    if quantity is None or option is None:
        return quantity
    return EXACT.divide(quantity, _UNDERLYINGS)


def _per_unit(total: Decimal | None, quantity: Decimal | None, *, is_short: bool) -> Decimal | None:
    # Plaid gives a position's total cost; per unit it is rounded to twenty digits.
    if total is None or not quantity:
        return None
    each = _PER_UNIT.divide(total, quantity)
    return each.copy_abs() if is_short else each


def _currency(priced: models.Holding | models.Security | models.Balances) -> str | None:
    return priced.iso_currency_code or priced.unofficial_currency_code
