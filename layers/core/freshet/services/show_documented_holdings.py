"""What the API shows of accounts in the shape that their own provider documents."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from freshet.domain.account import Account, AccountStatus
from freshet.domain.connection import Connection
from freshet.domain.errors import InvalidField, TooManyLines
from freshet.domain.held_account import HeldAccount
from freshet.domain.provider import Provider
from freshet.ports import DocumentedHoldings
from freshet.services.show_holdings import ShowHoldingsDependencies


class ShowDocumentedDependencies(Struct, frozen=True, kw_only=True):
    """What a look at documented shapes needs from outside."""

    showing: ShowHoldingsDependencies
    documents: Mapping[Provider, DocumentedHoldings]


def documented_holdings(
    user_id: str,
    connection_id: str | None,
    *,
    provider: Provider,
    most_lines: int,
    deps: ShowDocumentedDependencies,
) -> Iterator[str]:
    """Show a user's accounts at a provider in its documented shape, each as JSON text.

    Accounts that are open and have a snapshot, in the order of their connections, oldest first.
    Without a connection id, connections at other providers are passed over: without any here, there
    are no accounts in this shape. Raises NotFound; raises InvalidField for a connection elsewhere,
    and TooManyLines before anything is made, where the lines are more than `most_lines`.
    """
    held = [
        (connection, [each for each in accounts if each.report.status is AccountStatus.OPEN])
        for connection, accounts in _connections(user_id, connection_id, provider, deps.showing)
    ]
    ids = [account.id for _, accounts in held for account in accounts]
    summaries = deps.showing.snapshots.summaries_of(user_id, ids)
    if sum(each.line_count for each in summaries.values()) > most_lines:
        raise TooManyLines
    return deps.documents[provider].render(_held_accounts(held, deps.showing))


def _connections(
    user_id: str, connection_id: str | None, provider: Provider, deps: ShowHoldingsDependencies
) -> Iterator[tuple[Connection, Sequence[Account]]]:
    """Give the connections at a provider with their accounts."""
    if connection_id is not None:
        connection = deps.connections.get(user_id, connection_id)
        if connection.provider is not provider:
            reason = f"must be a connection at {provider} for this shape"
            raise InvalidField("connection_id", reason)
        yield connection, deps.accounts.of_connection(connection)
        return
    connections, accounts = deps.overview.of_user(user_id)
    for connection in connections:
        if connection.provider is provider:
            yield connection, [each for each in accounts if each.connection_id == connection.id]


def _held_accounts(
    held: Sequence[tuple[Connection, Sequence[Account]]], deps: ShowHoldingsDependencies
) -> Iterator[HeldAccount]:
    # One connection after the other: a large portfolio is never in memory as a whole.
    for connection, accounts in held:
        latest = deps.snapshots.latest_of(connection.user_id, [each.id for each in accounts])
        for account in accounts:
            if account.id in latest:
                yield HeldAccount(
                    connection=connection, account=account, snapshot=latest[account.id]
                )
