"""What an answer leaves open, settled by what was known before and by the stated total."""

from collections.abc import Collection
from copy import replace
from datetime import datetime

from freshet.domain.holdings import Debt, Holdings
from freshet.domain.kept_cash import with_kept_cash
from freshet.domain.last_known import with_last_known
from freshet.domain.price_basis import PriceBases, undecided_in, with_bases, with_fitting_bases
from freshet.domain.reconciliation import ReconciliationReason, agrees_as, reconcile
from freshet.domain.unlisted_cash import with_unlisted_cash


def settled(
    holdings: Holdings,
    before: Holdings | None,
    *,
    as_of: datetime,
    decided: PriceBases,
    fixed: PriceBases,
    is_whole: bool,
    is_emptied: bool,
) -> Holdings:
    """Give lines their last known numbers, prices their basis, and cash and debt their amounts.

    Cash and debt that are not stated any more are kept, unless the stated total agrees without
    them, and not with them. `fixed` bases stand whatever the total says.
    """
    undecided = undecided_in(holdings) - fixed.keys()
    known = with_bases(with_last_known(holdings, before), {**decided, **fixed})
    is_whole = is_whole and not known.is_partly_unreadable
    if before is None:
        return _with_proof(known, undecided, as_of)
    known = replace(known, debts=tuple(_named(each, before) for each in known.debts))
    kept = with_kept_cash(known, before, as_of=as_of, is_whole=is_whole, is_emptied=is_emptied)
    settled_with = _with_proof(kept, undecided, as_of)
    currency = known.statement.currency if known.statement else None
    was_gross = _is_gross(before, as_of)
    is_plausible = was_gross or not _is_gross(settled_with, as_of)
    if kept == known or currency is None or (is_plausible and _is_settled(settled_with, as_of)):
        return settled_with
    without = with_kept_cash(
        known,
        before,
        as_of=as_of,
        is_whole=is_whole,
        is_emptied=is_emptied,
        elsewhere_than=currency,
    )
    settled_without = _with_proof(without, undecided, as_of)
    return settled_without if _is_settled(settled_without, as_of) else settled_with


def _with_proof(holdings: Holdings, undecided: Collection[str], as_of: datetime) -> Holdings:
    """Add what the stated total proves: cash that no line lists, and the bases of prices."""
    fuller = with_fitting_bases(with_unlisted_cash(holdings, as_of=as_of), undecided, as_of=as_of)
    return replace(fuller, debts=tuple(each for each in fuller.debts if each.amount != 0))


def _is_settled(holdings: Holdings, as_of: datetime) -> bool:
    return agrees_as(holdings, as_of=as_of) and not any(
        each.price_basis is None and each.value is None for each in holdings.positions
    )


def _is_gross(holdings: Holdings, as_of: datetime) -> bool:
    """Tell whether the stated total is one before the debt: few institutions turn to that."""
    reasons = reconcile(holdings, as_of=as_of).reasons
    return ReconciliationReason.STATED_BEFORE_DEBT in reasons


def _named(debt: Debt, before: Holdings) -> Debt:
    """Give a debt without a currency that of the one before."""
    if debt.currency is not None or len(before.debts) != 1:
        return debt
    return replace(debt, currency=before.debts[0].currency)
