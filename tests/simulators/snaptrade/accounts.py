"""How an account comes into being and through its first sync."""

from datetime import datetime, timedelta

from tests.simulators.common.identifiers import fixed_id
from tests.simulators.snaptrade.models import Account, Connection, Portfolio


def opened_account(account_id: str, connection: Connection, portfolio: Portfolio) -> Account:
    """Return a new account of a connection; nothing is shown before its first sync."""
    number = str(int(account_id[:8], 16)).zfill(10)
    return Account(
        id=account_id,
        connection_id=connection.id,
        kind=portfolio.kind,
        name=portfolio.name,
        number=number,
        institution_account_id=_institutions_own_id(number, connection, portfolio),
        raw_type=portfolio.raw_type,
        currency=portfolio.currency,
        cash_or_margin=portfolio.cash_or_margin,
        created_at=connection.created_at,
        as_of=connection.created_at,
        holdings_unavailable=portfolio.holdings_unavailable,
        has_transactions=portfolio.has_transactions,
        stated_total=portfolio.stated_total,
        cash_has_equivalents=portfolio.cash_has_equivalents,
        priced_in_percent=portfolio.priced_in_percent,
        opening_activities=portfolio.activities,
        opening_positions=portfolio.positions,
        positions=[dict(line) for line in portfolio.positions],
        balances=list(portfolio.balances),
    )


def _institutions_own_id(number: str, connection: Connection, portfolio: Portfolio) -> str:
    if connection.holder is None:
        return f"inst-{number}"
    return fixed_id("held", connection.institution.slug, connection.holder, portfolio.name)


def complete_first_sync(account: Account, *, now: datetime) -> None:
    """Show what the account holds and what happened in it so far."""
    account.as_of = account.synced_at = now
    # One day short of complete, so that the first transactions sync has work to do.
    account.history_until = account.transactions_synced_on = now.date() - timedelta(days=2)
