"""What the API shows of everything a user owns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from freshet.domain.errors import InvalidField
from freshet.domain.freshness import Freshness
from freshet.domain.holdings import Position, Total
from freshet.domain.portfolio import added_up, is_counted, worst
from freshet.services.show_holdings import Showing, ShownAccount, shown_account

_MOST_POSITIONS = 5_000  # about 2 MB of JSON; Lambda answers 6 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """All accounts, the totals of those that count, and the worst freshness among them."""

    accounts: list[ShownAccount]
    totals: tuple[Total, ...]
    freshness: Freshness | None
    positions: Mapping[str, tuple[Position, ...]] | None
    """By account, where they were asked for."""


def user_portfolio(
    user_id: str, *, with_positions: bool, parts: Showing, now: datetime
) -> Portfolio:
    """Show what a user owns; raises InvalidField where positions are too many for one answer."""
    connections = {each.id: each for each in parts.connections.of_user(user_id)}
    accounts = [
        each for each in parts.accounts.of_user(user_id) if each.connection_id in connections
    ]
    summaries = parts.snapshots.summaries_of(user_id, [each.id for each in accounts])
    shown = [
        shown_account(
            each, connections[each.connection_id], summaries.get(each.id), parts=parts, now=now
        )
        for each in accounts
    ]
    counted = [each for each in shown if is_counted(each.account)]
    return Portfolio(
        accounts=shown,
        totals=added_up(total for each in counted if each.summary for total in each.summary.totals),
        freshness=worst(each.freshness for each in counted),
        positions=_positions(user_id, counted, parts) if with_positions else None,
    )


def _positions(
    user_id: str, counted: list[ShownAccount], parts: Showing
) -> dict[str, tuple[Position, ...]]:
    if sum(each.summary.line_count for each in counted if each.summary) > _MOST_POSITIONS:
        raise InvalidField("include", f"positions are more than {_MOST_POSITIONS}: page by account")
    latest = parts.snapshots.latest_of(user_id, [each.account.id for each in counted])
    return {account_id: each.holdings.positions for account_id, each in latest.items()}
