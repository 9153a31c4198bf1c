"""The whole API, resource by resource."""

from collections.abc import Callable
from dataclasses import dataclass

from freshet.http import (
    all_holdings,
    connection_changes,
    connections,
    erasures,
    history,
    holdings,
    link_sessions,
    portfolio,
    providers,
    refreshes,
    refreshing,
    transactions,
    usage,
)
from freshet.http.application import Api
from freshet.http.operation import Operation


@dataclass(frozen=True, slots=True)
class Resource:
    """Operations that belong together, and what registers their functions."""

    name: str
    operations: tuple[Operation, ...]
    add_routes: Callable[[Api], None]


RESOURCES = (
    Resource("Connections", connections.OPERATIONS, connections.add_connection_routes),
    Resource(
        "Connections",
        connection_changes.OPERATIONS,
        connection_changes.add_connection_change_routes,
    ),
    Resource("Linking", link_sessions.OPERATIONS, link_sessions.add_link_session_routes),
    Resource("Refreshes", refreshing.OPERATIONS, refreshing.add_refreshing_routes),
    Resource("Refreshes", refreshes.OPERATIONS, refreshes.add_refresh_routes),
    Resource("Holdings", holdings.OPERATIONS, holdings.add_holdings_routes),
    Resource("Holdings", history.OPERATIONS, history.add_history_routes),
    Resource("Holdings", all_holdings.OPERATIONS, all_holdings.add_all_holdings_routes),
    Resource("Holdings", portfolio.OPERATIONS, portfolio.add_portfolio_routes),
    Resource("Transactions", transactions.OPERATIONS, transactions.add_transaction_routes),
    Resource("Leaving", erasures.OPERATIONS, erasures.add_erasure_routes),
    Resource("Deployment", providers.OPERATIONS, providers.add_provider_routes),
    Resource("Deployment", usage.OPERATIONS, usage.add_usage_routes),
)
OPERATIONS = tuple(each for resource in RESOURCES for each in resource.operations)
