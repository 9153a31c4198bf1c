"""From what a provider lists and reads to our own accounts and snapshots."""

from dataclasses import replace
from datetime import datetime

from freshet.domain.account import Account, AccountReport
from freshet.domain.connection import Connection
from freshet.domain.errors import ConcurrentChange
from freshet.domain.identifiers import account_id_for
from freshet.domain.snapshot import HoldingsReading, judge
from freshet.domain.visit import Stored
from freshet.domain.webhooks import is_marked
from freshet.observability import count
from freshet.ports import Accounts, ProviderSession, SnapshotStore

_TRIES = 5  # each lost race means that another reader stored something newer


def list_accounts(
    session: ProviderSession,
    connection: Connection,
    *,
    is_whole: bool,
    accounts: Accounts,
    now: datetime,
) -> tuple[Account, ...]:
    """Bring our accounts in line with the provider's list; one that vanished is closed."""
    known = {
        account.report.provider_account_id: account
        for account in accounts.of_connection(connection.user_id, connection.id)
    }
    listed = []
    for report in session.accounts():
        before = known.pop(report.provider_account_id, None)
        account = before.listed_as(report) if before else _new_account(connection, report, now)
        if is_whole or is_marked(connection.marks, report.provider_account_id):
            failed = connection.partial.get(report.provider_account_id, ())
            account = replace(account, failed_parts=failed)
        if account != before:
            accounts.save(account)
        listed.append(account)
    if not listed:
        return tuple(known.values())  # an outage looks like this; nobody closes every account
    vanished = [account.closed() for account in known.values()]
    for account in vanished:
        if account != known[account.report.provider_account_id]:
            accounts.save(account)
    return (*listed, *vanished)


def store_reading(
    account: Account, reading: HoldingsReading, *, snapshots: SnapshotStore
) -> Stored | None:
    """Store what a reading changes; None while the provider has not loaded the account yet."""
    if reading.holdings.is_empty and not account.report.is_loaded:
        return None
    for _ in range(_TRIES):
        latest = snapshots.latest(account.user_id, account.id)
        outcome = judge(latest, reading)
        if snapshots.store(account.user_id, account.id, outcome, before=latest):
            if outcome.is_new_version:
                count("SnapshotStored")
            current = outcome.latest or latest
            return Stored(
                reading=reading,
                is_confirmed=not outcome.is_unconfirmed,
                changed_at=current.changed_at if current else reading.fetched_at,
                is_newer=bool(latest and current and current.data_as_of > latest.data_as_of),
                is_changed=latest is not None and outcome.is_new_version,
            )
    raise ConcurrentChange(account.id)


def _new_account(connection: Connection, report: AccountReport, now: datetime) -> Account:
    return Account(
        id=account_id_for(connection.id, report.provider_account_id),
        user_id=connection.user_id,
        connection_id=connection.id,
        report=report,
        created_at=now,
    )
