"""What lines come to, and how that stands to what the provider states, as JSON."""

from collections.abc import Iterable
from decimal import Decimal

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
    positions, cash, debt = _parts(total)
    return {
        "currency": total.currency,
        "positions": decimal_to_text(positions),
        "cash": decimal_to_text(cash),
        "debt": decimal_to_text(debt),
        "total": decimal_to_text(_shown_total(total)),
        "unpriced_positions": total.unpriced_positions,
        "unread_lines": total.unread_lines,
    }


def _shown_total(total: Total) -> Decimal:
    """Add up what is shown, so that it can be added up again."""
    positions, cash, debt = _parts(total)
    return rounded(EXACT.subtract(EXACT.add(positions, cash), debt), total.currency)


def _parts(total: Total) -> tuple[Decimal, Decimal, Decimal]:
    return (
        rounded(total.positions, total.currency),
        rounded(total.cash, total.currency),
        rounded(total.debt, total.currency),
    )


def optional_total_shapes(totals: Iterable[Total] | None) -> list[TotalShape] | None:
    """Show totals that may be unknown."""
    return None if totals is None else total_shapes(totals)


def reconciliation_shape(
    found: Reconciliation, totals: Iterable[Total] | None
) -> ReconciliationShape:
    """Show a comparison beside totals: the stated amount keeps its digits, ours is as it is there.

    It is compared exactly; only what is shown is rounded.
    """
    shown: ReconciliationShape = {
        "status": found.status,
        "currency": found.currency,
        "stated": optional_decimal_to_text(found.stated),
        "computed": None,
        "difference": None,
        "reasons": list(found.reasons),
    }
    if found.computed is not None and found.stated is not None:
        # Nothing at all is held where there is no total in the stated currency.
        own = [each for each in totals or () if each.currency == found.currency]
        computed = _shown_total(own[0]) if own else rounded(found.computed, found.currency)
        difference = rounded(EXACT.subtract(found.stated, computed), found.currency)
        shown["computed"] = decimal_to_text(computed)
        shown["difference"] = decimal_to_text(difference)
    return shown


def optional_reconciliation_shape(
    found: Reconciliation | None, totals: Iterable[Total] | None
) -> ReconciliationShape | None:
    """Show a comparison that there may not be yet."""
    return None if found is None else reconciliation_shape(found, totals)


def portfolio_reconciliation_shape(
    status: ReconciliationStatus | None, not_reconciled: Iterable[Total]
) -> PortfolioReconciliationShape | None:
    """Show how everything stands; null before anything is loaded."""
    if status is None:
        return None
    amounts: list[AmountShape] = [
        {
            "currency": each.currency,
            "amount": decimal_to_text(_shown_total(each)),
        }
        for each in not_reconciled
    ]
    return {"status": status, "not_reconciled": amounts}
