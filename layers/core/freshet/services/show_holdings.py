"""What the API shows of accounts: listed facts, stored holdings, and how fresh they are."""

from dataclasses import dataclass
from datetime import datetime

from freshet.domain.account import Account
from freshet.domain.freshness import Freshness, FreshnessTargets, freshness_of
from freshet.domain.snapshot import HoldingsSnapshot
from freshet.ports import Accounts, Connections, Snapshots, Transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What a look at stored data needs from outside."""

    connections: Connections
    accounts: Accounts
    snapshots: Snapshots
    transactions: Transactions
    targets: FreshnessTargets


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHoldings:
    """An account, its newest snapshot if there is one, and its freshness at this moment."""

    account: Account
    snapshot: HoldingsSnapshot | None
    freshness: Freshness


def account_holdings(
    user_id: str, account_id: str, *, parts: Showing, now: datetime
) -> AccountHoldings:
    """Show one account's holdings; raises NotFound."""
    account = parts.accounts.get(user_id, account_id)
    connection = parts.connections.get(user_id, account.connection_id)
    snapshot = parts.snapshots.latest(user_id, account_id)
    freshness = freshness_of(account, connection, snapshot, targets=parts.targets, now=now)
    return AccountHoldings(account=account, snapshot=snapshot, freshness=freshness)


def connection_accounts(
    user_id: str, connection_id: str, *, parts: Showing, now: datetime
) -> list[AccountHoldings]:
    """Show the accounts of one connection; raises NotFound."""
    connection = parts.connections.get(user_id, connection_id)
    accounts = parts.accounts.of_connection(user_id, connection_id)
    latest = parts.snapshots.latest_of(user_id, [account.id for account in accounts])
    return [
        AccountHoldings(
            account=account,
            snapshot=latest.get(account.id),
            freshness=freshness_of(
                account, connection, latest.get(account.id), targets=parts.targets, now=now
            ),
        )
        for account in accounts
    ]
