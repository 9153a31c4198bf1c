"""What the API shows of everything a user owns."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from freshet.domain.account import Account
from freshet.domain.connection import Connection
from freshet.domain.errors import InvalidField
from freshet.domain.freshness import Freshness, freshness_of
from freshet.domain.holdings import Part
from freshet.domain.portfolio import added_up, is_counted, least_sure, worst
from freshet.domain.positions import Position
from freshet.domain.reconciliation import ReconciliationStatus
from freshet.domain.snapshot import HoldingsSnapshot
from freshet.domain.totals import Total
from freshet.services.show_holdings import (
    ShowHoldingsDependencies,
    ShownAccount,
    ShownHoldings,
    measure_staleness,
    shown_account,
)

_MOST_POSITIONS = 5_000  # about 2 MB of JSON; Lambda answers 6 MB


class Portfolio(Struct, frozen=True, kw_only=True):
    """All accounts, the totals of those that count, and the worst freshness among them."""

    accounts: list[ShownAccount]
    counted: frozenset[str]
    totals: tuple[Total, ...]
    reconciliation: ReconciliationStatus | None
    """The worst among the accounts that count."""
    not_reconciled: tuple[Total, ...]
    """What of the totals belongs to accounts that do not agree with what is stated."""
    freshness: Freshness | None
    positions: Mapping[str, tuple[Position, ...]] | None
    """By account, where they were asked for."""


def user_portfolio(
    user_id: str, *, with_positions: bool, deps: ShowHoldingsDependencies, now: datetime
) -> Portfolio:
    """Show what a user owns; raises InvalidField where positions are too many for one answer."""
    of_user, listed = deps.overview.of_user(user_id)
    connections = {each.id: each for each in of_user}
    accounts = [each for each in listed if each.connection_id in connections]
    summaries = deps.snapshots.summaries_of(user_id, [each.id for each in accounts])
    shown = [
        shown_account(
            each, connections[each.connection_id], summaries.get(each.id), deps=deps, now=now
        )
        for each in accounts
    ]
    counted = [
        each for each in shown if is_counted(each.account, connections[each.account.connection_id])
    ]
    loaded = [each.summary for each in counted if each.summary]
    unsure = [
        each for each in loaded if each.reconciliation.status is not ReconciliationStatus.AGREES
    ]
    return Portfolio(
        accounts=shown,
        counted=frozenset(each.account.id for each in counted),
        totals=added_up(total for each in loaded for total in each.totals or ()),
        reconciliation=least_sure(each.reconciliation for each in loaded),
        not_reconciled=added_up(total for each in unsure for total in each.totals or ()),
        freshness=worst(each.freshness for each in counted),
        positions=_positions(user_id, counted, deps) if with_positions else None,
    )


def page_of_holdings(
    user_id: str,
    connection_id: str | None,
    *,
    start: str | None,
    limit: int,
    deps: ShowHoldingsDependencies,
    now: datetime,
) -> tuple[list[tuple[str, ShownHoldings]], str | None]:
    """Show what a user's accounts hold, in the order of their ids, and where the next page begins.

    A page ends early after many positions. Raises NotFound.
    """
    connections, accounts, following = _page(user_id, connection_id, start, limit, deps)
    ids = [each.id for each in accounts]
    newest = deps.overview.holdings_that_fit(user_id, ids, most_lines=_MOST_POSITIONS)
    shown = [
        (account.id, _shown(account, connections[account.connection_id], snapshot, deps, now))
        for account, snapshot in zip(accounts, newest, strict=False)
    ]
    return shown, ids[len(newest)] if len(newest) < len(ids) else following


def _page(
    user_id: str,
    connection_id: str | None,
    start: str | None,
    limit: int,
    deps: ShowHoldingsDependencies,
) -> tuple[Mapping[str, Connection], list[Account], str | None]:
    """List the accounts of one page, with their connections, and the id that follows."""
    if connection_id is None:
        connections, accounts, following = deps.overview.page_of_user(
            user_id, start=start, limit=limit
        )
        # A connection that is being erased has left accounts behind for a moment.
        return (
            connections,
            [each for each in accounts if each.connection_id in connections],
            following,
        )
    connection = deps.connections.get(user_id, connection_id)
    of_connection = deps.accounts.of_connection(connection)
    rest = [each for each in of_connection if start is None or each.id >= start]
    following = rest[limit].id if len(rest) > limit else None
    return {connection.id: connection}, rest[:limit], following


def _shown(
    account: Account,
    connection: Connection,
    snapshot: HoldingsSnapshot | None,
    deps: ShowHoldingsDependencies,
    now: datetime,
) -> ShownHoldings:
    freshness = freshness_of(account, connection, snapshot, targets=deps.targets, now=now)
    measure_staleness(freshness, now=now)
    return ShownHoldings(snapshot=snapshot, freshness=freshness)


def _positions(
    user_id: str, counted: list[ShownAccount], deps: ShowHoldingsDependencies
) -> dict[str, tuple[Position, ...]]:
    if sum(each.summary.line_count for each in counted if each.summary) > _MOST_POSITIONS:
        raise InvalidField("include", f"positions are more than {_MOST_POSITIONS}: page by account")
    latest = deps.snapshots.latest_of(user_id, [each.account.id for each in counted])
    return {
        account_id: each.holdings.positions
        for account_id, each in latest.items()
        if Part.POSITIONS not in each.holdings.missing_parts
    }
