"""Several accounts together: what they are worth, and how fresh the worst of them is."""

from collections.abc import Iterable

from freshet.domain.account import Account
from freshet.domain.connection import Connection
from freshet.domain.connection_status import GONE
from freshet.domain.freshness import Freshness, FreshnessStatus
from freshet.domain.money import EXACT
from freshet.domain.reconciliation import Reconciliation, ReconciliationStatus
from freshet.domain.totals import Total

_WORST_FIRST = (
    FreshnessStatus.BLOCKED,
    FreshnessStatus.STALE,
    FreshnessStatus.PENDING,
    FreshnessStatus.NONE,
    FreshnessStatus.AGEING,
    FreshnessStatus.FRESH,
)


_LEAST_SURE_FIRST = (
    ReconciliationStatus.DIFFERS,
    ReconciliationStatus.NOT_COMPARABLE,
    ReconciliationStatus.UNSTATED,
    ReconciliationStatus.AGREES,
)


def is_counted(account: Account, connection: Connection) -> bool:
    """Tell whether an account is part of its user's wealth: open, with holdings, no paper money.

    What is on its way out counts no more: its user may have linked the same account anew.
    """
    is_leaving = connection.link.status in GONE
    return account.report.is_readable and not account.report.is_paper and not is_leaving


def added_up(totals: Iterable[Total]) -> tuple[Total, ...]:
    """Add totals up, each currency for itself."""
    sums: dict[str | None, Total] = {}
    for each in totals:
        so_far = sums.get(each.currency)
        sums[each.currency] = each if so_far is None else _sum(so_far, each)
    return tuple(sums[currency] for currency in sorted(sums, key=lambda each: each or ""))


def worst(freshness: Iterable[Freshness]) -> Freshness | None:
    """Give the least fresh of all, the one with the oldest data among equals."""
    return min(
        freshness,
        key=lambda each: (
            _WORST_FIRST.index(each.status),
            each.stale_at is not None,
            each.stale_at and each.stale_at.timestamp(),
        ),
        default=None,
    )


def _sum(one: Total, other: Total) -> Total:
    return Total(
        currency=one.currency,
        positions=EXACT.add(one.positions, other.positions),
        cash=EXACT.add(one.cash, other.cash),
        debt=EXACT.add(one.debt, other.debt),
        unpriced_positions=one.unpriced_positions + other.unpriced_positions,
        unread_lines=one.unread_lines + other.unread_lines,
    )


def least_sure(reconciliations: Iterable[Reconciliation]) -> ReconciliationStatus | None:
    """Give the worst outcome of several comparisons."""
    found = {each.status for each in reconciliations}
    return next((each for each in _LEAST_SURE_FIRST if each in found), None)
