"""Which path leads to which endpoint of the provider."""

from collections.abc import Callable

from tests.sandbox.simulation.wire import Route
from tests.sandbox.snaptrade.provider import Call, Provider

type ProviderRoute = Route[Callable[[Call], object]]

UNSIGNED = {"check"}
# Signed, but without a user; everything else needs userId and userSecret.
CUSTOMER_ONLY = {"register_user", "list_users", "delete_user"}


def provider_routes(provider: Provider) -> list[ProviderRoute]:
    """Return every route of the provider."""
    one = "/authorizations/{connection_id}"
    account = "/accounts/{account_id}"
    of_connection = "/connections/{connection_id}/accounts"
    return [
        Route("GET", "/", "check", provider.check),
        Route("POST", "/snapTrade/registerUser", "register_user", provider.register_user),
        Route("GET", "/snapTrade/listUsers", "list_users", provider.list_users),
        Route("DELETE", "/snapTrade/deleteUser", "delete_user", provider.delete_user),
        Route("GET", "/authorizations", "list_connections", provider.list_connections),
        Route("GET", one, "get_connection", provider.get_connection),
        Route("GET", f"{one}/accounts", "list_accounts", provider.list_accounts),
        Route("GET", of_connection, "list_connection_accounts", provider.list_connection_accounts),
        Route("POST", f"{one}/refresh", "refresh", provider.refresh),
        Route("POST", f"{one}/transactions/sync", "sync_transactions", provider.sync_transactions),
        Route(
            "DELETE", "/connection/{connection_id}", "delete_connection", provider.delete_connection
        ),
        Route("GET", f"{account}/positions/all", "positions", provider.positions),
        Route("GET", f"{account}/balances", "balances", provider.balances),
        Route("GET", f"{account}/activities", "activities", provider.activities),
        Route("GET", "/holdings", "retired", provider.retired),
        Route("GET", f"{account}/holdings", "retired", provider.retired),
        Route("GET", f"{account}/positions", "retired", provider.retired),
        Route("GET", f"{account}/options", "retired", provider.retired),
    ]
