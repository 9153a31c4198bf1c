"""The reader's part for transactions: what a provider lists for some days, and nothing else."""

from contextlib import suppress
from datetime import datetime

from freshet.domain.account import Account
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.connection import Connection
from freshet.domain.days import EVERY_DAY, DayRange
from freshet.domain.errors import MigratedAccounts
from freshet.domain.provider_limits import ProviderLimits
from freshet.domain.read_run import ReadRun
from freshet.domain.read_scope import ReadScope
from freshet.domain.transaction_windows import (
    WindowRead,
    changes_of,
    days_to_read,
    is_doubtful,
)
from freshet.observability import logger
from freshet.ports import Accounts, ProviderSession, Transactions


def days_wanted(
    account: Account,
    connection: Connection,
    run: ReadRun,
    session: ProviderSession,
    *,
    limits: ProviderLimits,
) -> DayRange | None:
    """Say which days of this account a read takes in, None for no transactions at all."""
    is_whole = run.scope is ReadScope.EVERYTHING
    announced = connection.pending.transactions_of(account.report.provider_account_id)
    if not session.reads_transactions or (announced is None and not is_whole):
        return None
    return days_to_read(
        account,
        announced=announced,
        is_awaited=run.is_awaited or bool(connection.slots.open_ids),
        gap=limits.gap_between_transaction_reads,
        now=run.started_at,
    )


def read_transactions(
    account: Account,
    days: DayRange,
    session: ProviderSession,
    *,
    read_at: datetime,
    accounts: Accounts,
    transactions: Transactions,
) -> Account | None:
    """Bring what is stored for these days in line with the provider, and remember how far.

    Gives the account as it is then, None where the provider listed the days in part only.
    """
    read = _reconcile(account, days, session, transactions)
    if not read.is_whole:
        # The day is not moved on: what is missing is asked for again.
        logger.warning("Transactions read in part", account_id=account.id)
        return None
    after = account.with_transactions_read(at=read_at, is_history=days == EVERY_DAY)
    with suppress(MigratedAccounts):  # the connection that has it now reads on from what it knows
        accounts.save(after)
    return after


def _reconcile(
    account: Account, days: DayRange, session: ProviderSession, transactions: Transactions
) -> WindowRead:
    def attempt() -> WindowRead:
        # First what is stored, then what is true: who stores something in between is noticed.
        before = transactions.since(account.user_id, account.id, first=days.first)
        read = session.transactions(account.report, since=days.first)
        if days != EVERY_DAY and read.is_whole and is_doubtful(read, before.transactions):
            # Nothing where something was: believed of a provider that still knows older ones.
            before = transactions.since(account.user_id, account.id, first=None)
            read = session.transactions(account.report, since=None)
        changes = changes_of(account.id, read, before.transactions)
        if read.is_whole and is_doubtful(read, before.transactions):
            logger.warning("Empty list of transactions not believed", account_id=account.id)
        transactions.apply(account.user_id, account.id, changes, revision=before.revision)
        return read

    return retry_lost_races(attempt, row=account.id)
