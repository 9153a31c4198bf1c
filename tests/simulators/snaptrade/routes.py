"""Which path leads to which endpoint of the provider."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulators.common.wire import Route
from tests.simulators.snaptrade.calls import Call
from tests.simulators.snaptrade.endpoints.accounts import AccountEndpoints
from tests.simulators.snaptrade.endpoints.connections import ConnectionEndpoints
from tests.simulators.snaptrade.endpoints.portal import PortalEndpoints
from tests.simulators.snaptrade.endpoints.reference import ReferenceEndpoints
from tests.simulators.snaptrade.endpoints.retired import RetiredEndpoints
from tests.simulators.snaptrade.endpoints.users import UserEndpoints
from tests.simulators.snaptrade.portal_links import LINK_PATH

type ProviderRoute = Route[Callable[[Call], object]]

UNSIGNED = {"check", "list_brokerages", "list_institutions", "portal_page"}
# Signed, but without a user; everything else needs userId and userSecret.
CUSTOMER_ONLY = {
    "register_user",
    "list_users",
    "delete_user",
    "reset_user_secret",
    "partner",
    "list_exchanges",
    "search_symbols",
    "get_symbol",
}
_CONNECTION = "/authorizations/{connection_id}"
_ACCOUNT = "/accounts/{account_id}"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Everything the provider answers, by subject."""

    users: UserEndpoints
    portal: PortalEndpoints
    connections: ConnectionEndpoints
    accounts: AccountEndpoints
    reference: ReferenceEndpoints
    retired: RetiredEndpoints


def provider_routes(endpoints: Endpoints) -> list[ProviderRoute]:
    """Return every route of the provider."""
    return [
        *_user_routes(endpoints.users, endpoints.portal),
        *_reference_routes(endpoints.reference),
        *_connection_routes(endpoints.connections),
        *_account_routes(endpoints.accounts),
        *_retired_routes(endpoints.retired),
    ]


def _user_routes(users: UserEndpoints, portal: PortalEndpoints) -> list[ProviderRoute]:
    return [
        Route("GET", "/", "check", users.check),
        Route("POST", "/snapTrade/registerUser", "register_user", users.register),
        Route("GET", "/snapTrade/listUsers", "list_users", users.list_users),
        Route("DELETE", "/snapTrade/deleteUser", "delete_user", users.delete),
        Route("POST", "/snapTrade/resetUserSecret", "reset_user_secret", users.reset_secret),
        Route("GET", "/snapTrade/partners", "partner", users.partner),
        Route("POST", "/snapTrade/login", "login", portal.login),
        Route("GET", LINK_PATH, "portal_page", portal.page),
    ]


def _reference_routes(reference: ReferenceEndpoints) -> list[ProviderRoute]:
    return [
        Route("GET", "/brokerages", "list_brokerages", reference.brokerages),
        Route("GET", "/institutions", "list_institutions", reference.institutions),
        Route("GET", "/exchanges", "list_exchanges", reference.exchanges),
        Route("POST", "/symbols", "search_symbols", reference.search_symbols),
        Route("GET", "/symbols/{query}", "get_symbol", reference.symbol),
    ]


def _connection_routes(connections: ConnectionEndpoints) -> list[ProviderRoute]:
    one, newer = _CONNECTION, "/connections/{connection_id}/accounts"
    return [
        Route("GET", "/authorizations", "list_connections", connections.list_connections),
        Route("GET", one, "get_connection", connections.get),
        Route("GET", f"{one}/accounts", "list_accounts", connections.accounts),
        Route("GET", newer, "list_connection_accounts", connections.newer_accounts),
        Route("POST", f"{one}/refresh", "refresh", connections.refresh),
        Route(
            "POST",
            f"{one}/transactions/sync",
            "sync_transactions",
            connections.sync_transactions,
        ),
        Route("POST", f"{one}/disable", "disable_connection", connections.disable),
        Route("GET", f"{one}/returnRates", "connection_return_rates", connections.return_rates),
        Route("DELETE", "/connection/{connection_id}", "delete_connection", connections.delete),
    ]


def _account_routes(accounts: AccountEndpoints) -> list[ProviderRoute]:
    one = _ACCOUNT
    return [
        Route("GET", "/accounts", "list_user_accounts", accounts.list_accounts),
        Route("GET", "/accounts/all", "list_all_accounts", accounts.list_newer),
        Route("GET", one, "get_account", accounts.get),
        Route("PUT", one, "update_account", accounts.update),
        Route("GET", f"{one}/details", "account_details", accounts.details),
        Route("GET", f"{one}/positions/all", "positions", accounts.positions),
        Route("GET", f"{one}/balances", "balances", accounts.balances),
        Route("GET", f"{one}/balances/v2", "balances_v2", accounts.balances_v2),
        Route("GET", f"{one}/orders", "orders", accounts.orders),
        Route("GET", f"{one}/recentOrders", "recent_orders", accounts.recent_orders),
        Route("GET", f"{one}/activities", "activities", accounts.activities),
        Route("GET", f"{one}/returnRates", "account_return_rates", accounts.return_rates),
    ]


def _retired_routes(retired: RetiredEndpoints) -> list[ProviderRoute]:
    one = _ACCOUNT
    return [
        Route("GET", "/holdings", "all_holdings", retired.all_holdings),
        Route("GET", f"{one}/holdings", "account_holdings", retired.holdings),
        Route("GET", f"{one}/positions", "legacy_positions", retired.positions),
        Route("GET", f"{one}/options", "legacy_options", retired.options),
        Route("GET", "/activities", "user_activities", retired.activities),
        Route("GET", f"{one}/quotes/options", "option_quotes", retired.option_quotes),
        Route("DELETE", _CONNECTION, "delete_authorization", retired.delete_connection),
    ]
