"""What the API shows of an account's transactions."""

from collections.abc import Sequence

from freshet.domain.days import DayRange
from freshet.domain.transactions import Transaction
from freshet.services.show_holdings import Showing


def account_transactions(
    user_id: str,
    account_id: str,
    *,
    days: DayRange,
    limit: int,
    after: str | None,
    parts: Showing,
) -> tuple[Sequence[Transaction], str | None]:
    """Show a page of some days, newest first, and the mark of the next one; raises NotFound."""
    account = parts.accounts.get(user_id, account_id)
    return parts.transactions.page(user_id, account.id, days=days, limit=limit, after=after)
