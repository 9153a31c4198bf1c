"""Our total of an account beside the one that its provider states."""

from collections.abc import Iterator
from copy import replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from freshet.domain.holdings import Balance, Holdings, Line
from freshet.domain.money import EXACT
from freshet.domain.positions import Numbers, Position
from freshet.domain.totals import debt_in, sum_of, total_in, totals_of

_PER_LINE = Decimal("0.01")
_CLOSE, _CLOSE_IF_APART = Decimal("0.001"), Decimal("0.01")
_APART = timedelta(minutes=15)


class ReconciliationStatus(StrEnum):
    """What the comparison says."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNSTATED = "unstated"
    """The provider states no total."""
    NOT_COMPARABLE = "not_comparable"
    """There is something in a currency other than the stated one."""


class ReconciliationReason(StrEnum):
    """What is to be known of the comparison, or sets the two apart."""

    DEBT = "debt"
    """The account owes something, which the two seem to count differently."""
    STATED_BEFORE_DEBT = "stated_before_debt"
    """The stated total is the one before the debt is subtracted."""
    CASH_NOT_LISTED = "cash_not_listed"
    """Cash that no line lists is counted: the stated total proves it."""
    UNPRICED = "unpriced"
    """A line has no price."""
    UNREADABLE = "unreadable"
    """A line has old or unknown numbers."""
    UNVESTED = "unvested"
    """Units that are not the holder's yet are not counted."""
    PRICE_BASIS = "price_basis"
    """Whether a bond's price is per unit or in percent is not known."""
    TIMES_APART = "times_apart"
    """The two were said over 15 minutes apart, and prices moved in between."""


class Reconciliation(Struct, frozen=True, kw_only=True):
    """The two totals in the stated currency; exact."""

    status: ReconciliationStatus
    currency: str | None = None
    stated: Decimal | None = None
    computed: Decimal | None = None
    difference: Decimal | None = None
    """What the stated total has more than ours."""
    reasons: tuple[ReconciliationReason, ...] = ()


def reconcile(holdings: Holdings, *, as_of: datetime) -> Reconciliation:
    """Hold our total of data of a time against the stated one."""
    statement, reasons = holdings.statement, tuple(_facts(holdings))
    if statement is None or statement.total is None or statement.currency is None:
        return Reconciliation(status=ReconciliationStatus.UNSTATED, reasons=reasons)
    stated, currency = statement.total, statement.currency
    if any(_is_elsewhere(each, currency) for each in holdings.lines):
        return Reconciliation(
            status=ReconciliationStatus.NOT_COMPARABLE,
            currency=currency,
            stated=stated,
            reasons=reasons,
        )
    if totals_of(holdings) is None:
        return Reconciliation(
            status=ReconciliationStatus.DIFFERS, currency=currency, stated=stated, reasons=reasons
        )
    found = Reconciliation(
        status=ReconciliationStatus.DIFFERS,
        currency=currency,
        stated=stated,
        reasons=reasons,
    )
    is_apart = statement.as_of is not None and abs(as_of - statement.as_of) > _APART
    return _compared(holdings, found, stated, is_apart=is_apart)


def _compared(
    holdings: Holdings, found: Reconciliation, stated: Decimal, *, is_apart: bool
) -> Reconciliation:
    total = total_in(holdings, found.currency)
    tight = _tolerance(holdings, found.currency, _CLOSE)
    wide = _tolerance(holdings, found.currency, _CLOSE_IF_APART) if is_apart else tight
    difference, reasons = EXACT.subtract(stated, total.total), list(found.reasons)
    owed = debt_in(holdings, found.currency)
    before_debt = EXACT.subtract(difference, owed)
    is_gross = bool(owed) and difference.copy_abs() > wide and before_debt.copy_abs() <= wide
    left = (before_debt if is_gross else difference).copy_abs()
    agrees = left <= wide
    if is_gross:
        reasons.append(ReconciliationReason.STATED_BEFORE_DEBT)
    elif not agrees and owed:
        reasons.append(ReconciliationReason.DEBT)
    if is_apart and left > tight:
        reasons.append(ReconciliationReason.TIMES_APART)
    return replace(
        found,
        status=ReconciliationStatus.AGREES if agrees else ReconciliationStatus.DIFFERS,
        computed=total.total,
        difference=difference,
        reasons=tuple(reasons),
    )


def _tolerance(holdings: Holdings, currency: str | None, share: Decimal) -> Decimal:
    lines = [each for each in holdings.lines if each.currency == currency]
    amounts = [_amount(each) for each in lines]
    gross = sum_of(amount.copy_abs() for amount in amounts if amount is not None)
    return max(EXACT.multiply(_PER_LINE, Decimal(len(lines))), EXACT.multiply(share, gross))


def _amount(line: Line) -> Decimal | None:
    return line.value if isinstance(line, Position) else line.amount


def _is_elsewhere(line: Line, currency: str) -> bool:
    """Tell whether a line counts in another currency; cash that is not stated there does not."""
    if line.currency == currency:
        return False
    if isinstance(line, Position) and not line.is_notional:
        return bool(line.units) if line.value is None else bool(line.value)
    return bool(_amount(line))


def _facts(holdings: Holdings) -> Iterator[ReconciliationReason]:
    positions = holdings.positions
    if any(not each.is_listed for each in holdings.balances):
        yield ReconciliationReason.CASH_NOT_LISTED
    unpriced = [each for each in positions if each.value is None and not each.is_notional]
    if any(each.price_basis is not None for each in unpriced):
        yield ReconciliationReason.UNPRICED
    if holdings.missing_parts or any(_is_unknown(each, holdings) for each in holdings.lines):
        yield ReconciliationReason.UNREADABLE
    if any(each.unvested_value or each.has_odd_vesting for each in positions):
        yield ReconciliationReason.UNVESTED
    if any(each.price_basis is None for each in unpriced):
        yield ReconciliationReason.PRICE_BASIS


def _is_unknown(line: Line, holdings: Holdings) -> bool:
    """Tell whether an amount is old, or none was ever stated in the currency of the total."""
    if line.numbers is not Numbers.READ:
        return True
    currency = holdings.statement.currency if holdings.statement else None
    return isinstance(line, Balance) and line.cash is None and line.currency == currency


def agrees_as(holdings: Holdings, *, as_of: datetime) -> bool:
    """Tell whether holdings, taken so, come to the stated total."""
    return reconcile(holdings, as_of=as_of).status is ReconciliationStatus.AGREES
