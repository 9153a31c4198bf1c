"""Everything a user owns, as JSON."""

from freshet.http.shapes.accounts import AccountShape, account_shape
from freshet.http.shapes.freshness import FreshnessShape, freshness_shape
from freshet.http.shapes.positions import PositionShape, position_shapes
from freshet.http.shapes.totals import (
    PortfolioReconciliationShape,
    TotalShape,
    optional_total_shapes,
    portfolio_reconciliation_shape,
    total_shapes,
)
from freshet.http.shapes.vocabulary import Shape
from freshet.services.show_holdings import ShownAccount
from freshet.services.show_portfolio import Portfolio


class OwnedAccountShape(AccountShape):
    """An account and what it is worth."""

    is_counted: bool
    """Whether the totals contain it: not on paper nor closed, and its connection stays."""
    totals: list[TotalShape] | None
    positions: list[PositionShape] | None
    """With `include=positions`, and once they are known."""


class PortfolioShape(Shape):
    """Everything a user owns."""

    accounts: list[OwnedAccountShape]
    totals: list[TotalShape]
    reconciliation: PortfolioReconciliationShape | None
    freshness: FreshnessShape | None
    """The worst among the accounts that count."""


def portfolio_shape(portfolio: Portfolio) -> PortfolioShape:
    """Show everything a user owns."""
    worst = portfolio.freshness
    return {
        "accounts": [_account_shape(each, portfolio) for each in portfolio.accounts],
        "totals": total_shapes(portfolio.totals),
        "reconciliation": portfolio_reconciliation_shape(
            portfolio.reconciliation, portfolio.not_reconciled
        ),
        "freshness": None if worst is None else freshness_shape(worst),
    }


def _account_shape(shown: ShownAccount, portfolio: Portfolio) -> OwnedAccountShape:
    positions, summary = (portfolio.positions or {}).get(shown.account.id), shown.summary
    return {
        **account_shape(shown.account, summary, shown.freshness),
        "is_counted": shown.account.id in portfolio.counted,
        "totals": optional_total_shapes(summary.totals) if summary else None,
        "positions": None if positions is None else position_shapes(shown.account.id, positions),
    }
