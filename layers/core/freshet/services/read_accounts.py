"""What a read asks of each account: its holdings and its transactions, one account at a time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import replace
from datetime import tzinfo
from functools import partial
from itertools import batched
from typing import Protocol

from freshet.domain.account import Account
from freshet.domain.call_errors import (
    LoginRequired,
    ProviderError,
    ProviderRejectedUs,
    RateLimited,
)
from freshet.domain.connection import Connection
from freshet.domain.days import DayRange
from freshet.domain.errors import MigratedAccounts, ReadRunTooLong, SnapshotTooLarge
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.read_run import ReadRun
from freshet.domain.snapshot import HoldingsSnapshot
from freshet.ports import Accounts, Clock, ProviderSession, SnapshotStore, Transactions
from freshet.services.read_transactions import days_wanted, read_transactions
from freshet.services.store_reading import count_reconciliation, store_reading

# After one of these, asking for the connection's other accounts can bring nothing but harm.
_ENDS_THE_READ = (LoginRequired, RateLimited, ProviderRejectedUs)
_KNOWN_AT_ONCE = 10
"""Of so many accounts the newest holdings are in memory while they are read."""


class ReadAccountsDependencies(Protocol):
    """What it takes."""

    @property
    def accounts(self) -> Accounts:
        """Keep what was decided of prices."""

    @property
    def snapshots(self) -> SnapshotStore:
        """Keep holdings."""

    @property
    def transactions(self) -> Transactions:
        """Keep transactions."""

    @property
    def traits(self) -> TraitsByProvider:
        """Know what providers ask for."""

    @property
    def zone(self) -> tzinfo:
        """Know when days end."""

    @property
    def clock(self) -> Clock:
        """Tell the time."""


def read_accounts(
    run: ReadRun,
    session: ProviderSession,
    connection: Connection,
    *,
    deps: ReadAccountsDependencies,
) -> Iterator[ReadRun]:
    """Give the run after each account's holdings and transactions that are to be read."""
    owing: set[str] = set()
    in_turn = _in_turn(run.accounts, connection.schedule.consecutive_failures)
    readable = [each for each in in_turn if each.report.is_readable]
    for some in batched(readable, _KNOWN_AT_ONCE, strict=False):
        asked_for = [each.id for each in some if run.asks_for(each, connection.pending)]
        known = deps.snapshots.newest_of(connection.user_id, asked_for) if asked_for else {}
        for account in some:
            days = days_wanted(
                account, connection, run, session, limits=deps.traits[connection.provider].limits
            )
            is_asked_for = account.id in asked_for
            if not (is_asked_for or days):
                continue
            if run.is_too_long(now=deps.clock()):
                yield run.with_trouble(ReadRunTooLong())
                return
            if is_asked_for:
                newest = [known[account.id]] if account.id in known else []
                read = partial(_with_holdings, run, account, connection, session, deps)
                run = _by_itself(run, partial(read, known=newest))
                yield run
            if days:
                owing.add(account.report.provider_account_id)
                latest = run.account(account.id)
                run = _by_itself(run, partial(_with_transactions, run, latest, days, session, deps))
                yield run
    yield replace(run, is_through=owing <= run.transactions_read)


def _by_itself(run: ReadRun, step: Callable[[], ReadRun]) -> ReadRun:
    """Keep one account's trouble to itself: the others are read all the same."""
    try:
        return step()
    except (ProviderError, SnapshotTooLarge) as trouble:
        if isinstance(trouble, _ENDS_THE_READ):
            raise
        return run.with_trouble(trouble)


def _with_holdings(
    run: ReadRun,
    account: Account,
    connection: Connection,
    session: ProviderSession,
    deps: ReadAccountsDependencies,
    *,
    known: Sequence[HoldingsSnapshot | None],
) -> ReadRun:
    reading = replace(
        session.holdings(account.report),
        is_partial=account.is_partial,
        is_reloaded=account.is_reloaded,
        price_bases=account.price_bases,
        set_price_bases=connection.price_bases,
    )
    stored = store_reading(account, reading, known=known, snapshots=deps.snapshots, zone=deps.zone)
    if stored is None:
        return run
    count_reconciliation(connection, account.id, stored)
    if stored.price_bases:
        account = account.with_price_bases(stored.price_bases)
        with suppress(MigratedAccounts):  # the connection that has it now decides anew
            deps.accounts.save(account)
    return replace(run.with_account(account), stored={**run.stored, account.id: stored})


def _with_transactions(
    run: ReadRun,
    account: Account,
    days: DayRange,
    session: ProviderSession,
    deps: ReadAccountsDependencies,
) -> ReadRun:
    after = read_transactions(
        account,
        days,
        session,
        read_at=run.started_at,
        accounts=deps.accounts,
        transactions=deps.transactions,
    )
    return run if after is None else run.with_transactions(after)


def _in_turn(accounts: tuple[Account, ...], failures: int) -> tuple[Account, ...]:
    # Begins elsewhere after each failed read, so that no account is left out for ever.
    first = failures % len(accounts) if accounts else 0
    return accounts[first:] + accounts[:first]
