"""What lines come to, and how that stands to what the provider states, as JSON."""

from collections.abc import Iterable

from freshet.domain.minor_units import rounded
from freshet.domain.money import EXACT, decimal_to_text, optional_decimal_to_text
from freshet.domain.reconciliation import (
    Reconciliation,
    ReconciliationReason,
    ReconciliationStatus,
)
from freshet.domain.totals import Total
from freshet.http.shapes.vocabulary import CurrencyCode, DecimalText, Shape


class TotalShape(Shape):
    """What everything in one currency comes to; currencies are never added together.

    `total` is `positions` and `cash` less `debt`, each rounded to the currency's smallest unit.
    """

    currency: CurrencyCode | None
    positions: DecimalText
    """Without cash equivalents, futures and what is not vested."""
    cash: DecimalText
    """With cash equivalents, each counted once."""
    debt: DecimalText
    """What is borrowed, unless the cash is negative by it."""
    total: DecimalText
    unpriced_positions: int
    """Lines without a value, which the total lacks."""
    unread_lines: int
    """Lines whose numbers are old or unknown, because the provider's could not be read."""


class ReconciliationShape(Shape):
    """Our total beside the one that the provider states for the account."""

    status: ReconciliationStatus
    """`unstated`: none is stated. `not_comparable`: not everything is in the stated currency."""
    currency: CurrencyCode | None
    stated: DecimalText | None
    computed: DecimalText | None
    difference: DecimalText | None
    """What the stated total has more than ours."""
    reasons: list[ReconciliationReason]
    """What is to be known of the comparison, or sets the two apart."""


class AmountShape(Shape):
    """An amount in a currency that may not be known."""

    currency: CurrencyCode | None
    amount: DecimalText


class PortfolioReconciliationShape(Shape):
    """How all that counts stands to what the providers state."""

    status: ReconciliationStatus
    """The worst among the accounts that count."""
    not_reconciled: list[AmountShape]
    """How much of the totals belongs to accounts that do not agree."""


def total_shapes(totals: Iterable[Total]) -> list[TotalShape]:
    """Show totals."""
    return [_total_shape(each) for each in totals]


def _total_shape(total: Total) -> TotalShape:
    positions, cash, debt = (
        rounded(amount, total.currency) for amount in (total.positions, total.cash, total.debt)
    )
    whole = EXACT.subtract(EXACT.add(positions, cash), debt)
    return {
        "currency": total.currency,
        "positions": decimal_to_text(positions),
        "cash": decimal_to_text(cash),
        "debt": decimal_to_text(debt),
        "total": decimal_to_text(rounded(whole, total.currency)),
        "unpriced_positions": total.unpriced_positions,
        "unread_lines": total.unread_lines,
    }


def optional_total_shapes(totals: Iterable[Total] | None) -> list[TotalShape] | None:
    """Show totals that may be unknown."""
    return None if totals is None else total_shapes(totals)


def reconciliation_shape(found: Reconciliation) -> ReconciliationShape:
    """Show a comparison: the stated amount keeps its digits, ours are rounded."""
    computed, difference = (
        None if amount is None else rounded(amount, found.currency)
        for amount in (found.computed, found.difference)
    )
    return {
        "status": found.status,
        "currency": found.currency,
        "stated": optional_decimal_to_text(found.stated),
        "computed": optional_decimal_to_text(computed),
        "difference": optional_decimal_to_text(difference),
        "reasons": list(found.reasons),
    }


def portfolio_reconciliation_shape(
    status: ReconciliationStatus | None, not_reconciled: Iterable[Total]
) -> PortfolioReconciliationShape | None:
    """Show how everything stands; null before anything is loaded."""
    if status is None:
        return None
    amounts: list[AmountShape] = [
        {
            "currency": each.currency,
            "amount": decimal_to_text(rounded(each.total, each.currency)),
        }
        for each in not_reconciled
    ]
    return {"status": status, "not_reconciled": amounts}
