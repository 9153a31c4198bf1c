"""The whole API, resource by resource."""

from collections.abc import Callable

from msgspec import Struct

from freshet.domain.provider_offer import Offers
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

type Operations = Callable[[Offers], tuple[Operation, ...]]


class Resource(Struct, frozen=True):
    """Operations that belong together, and what registers their functions."""

    name: str
    operations: Operations
    add_routes: Callable[[Api], None]


def _always(*operations: Operation) -> Operations:
    """Wrap operations that are the same whatever providers there are."""
    return lambda _: operations


RESOURCES = (
    Resource("Connections", _always(*connections.OPERATIONS), connections.add_connection_routes),
    Resource(
        "Connections",
        _always(*connection_changes.OPERATIONS),
        connection_changes.add_connection_change_routes,
    ),
    Resource("Linking", link_sessions.operations, link_sessions.add_link_session_routes),
    Resource("Refreshes", _always(*refreshing.OPERATIONS), refreshing.add_refreshing_routes),
    Resource("Refreshes", _always(*refreshes.OPERATIONS), refreshes.add_refresh_routes),
    Resource("Holdings", _always(*holdings.OPERATIONS), holdings.add_holdings_routes),
    Resource("Holdings", _always(*history.OPERATIONS), history.add_history_routes),
    Resource("Holdings", all_holdings.operations, all_holdings.add_all_holdings_routes),
    Resource("Holdings", _always(*portfolio.OPERATIONS), portfolio.add_portfolio_routes),
    Resource(
        "Transactions", _always(*transactions.OPERATIONS), transactions.add_transaction_routes
    ),
    Resource("Leaving", _always(*erasures.OPERATIONS), erasures.add_erasure_routes),
    Resource("Deployment", _always(*providers.OPERATIONS), providers.add_provider_routes),
    Resource("Deployment", _always(*usage.OPERATIONS), usage.add_usage_routes),
)


def operations_with(offers: Offers) -> tuple[Operation, ...]:
    """Give every operation of an API with these providers."""
    return tuple(each for resource in RESOURCES for each in resource.operations(offers))
