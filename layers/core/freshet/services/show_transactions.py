"""What the API shows of an account's transactions."""

from collections.abc import Sequence

from freshet.domain.days import DayRange
from freshet.domain.transactions import Transaction
from freshet.services.show_holdings import ShowHoldingsDependencies


def account_transactions(
    user_id: str,
    account_id: str,
    *,
    days: DayRange,
    limit: int,
    after: str | None,
    deps: ShowHoldingsDependencies,
) -> tuple[Sequence[Transaction], str | None]:
    """Show a page of some days, newest first, and the mark of the next one; raises NotFound."""
    account = deps.accounts.get(user_id, account_id)
    return deps.transactions.page(user_id, account.id, days=days, limit=limit, after=after)
