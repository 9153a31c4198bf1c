"""The operations of SnapTrade that are called, each with its timeouts."""

from freshet.adapters.transport import Endpoint, Timeouts

NAME = "snaptrade"

# Live reads reach the brokerage. Two of them must fit between a read's limit and the function's
# timeout.
_LIVE = Timeouts(connect=3.0, read=20.0)
# The API waits for the verdict: together they stay inside ProviderTraits.call_limit.
_PROMPT = Timeouts(connect=3.0, read=7.0)
# Short timeouts: the API answers without reference data that does not come.
_ASIDE = Timeouts(connect=1.0, read=2.0)


def _endpoint(
    operation: str, method: str, path: str, timeouts: Timeouts, *, is_billable: bool = False
) -> Endpoint:
    return Endpoint(
        provider=NAME,
        operation=operation,
        method=method,
        path=path,
        timeouts=timeouts,
        is_billable=is_billable,
    )


CONNECTIONS = _endpoint("connections", "GET", "/authorizations", _PROMPT)
CONNECTION = _endpoint("connection", "GET", "/authorizations/{}", _LIVE)
ACCOUNTS = _endpoint("accounts", "GET", "/authorizations/{}/accounts", _LIVE)
CONNECTION_ACCOUNTS = _endpoint("connection_accounts", "GET", "/connections/{}/accounts", _LIVE)
ACCOUNT = _endpoint("account", "GET", "/accounts/{}/details", _LIVE)
POSITIONS = _endpoint("positions", "GET", "/accounts/{}/positions/all", _LIVE)
BALANCES = _endpoint("balances", "GET", "/accounts/{}/balances", _LIVE)
ACTIVITIES = _endpoint("activities", "GET", "/accounts/{}/activities", _LIVE)
LEGACY_HOLDINGS = _endpoint("legacy_holdings", "GET", "/accounts/{}/holdings", _LIVE)
SYNC_TRANSACTIONS = _endpoint("sync", "POST", "/authorizations/{}/transactions/sync", _PROMPT)
REFRESH = _endpoint("refresh", "POST", "/authorizations/{}/refresh", _PROMPT, is_billable=True)
REMOVE_CONNECTION = _endpoint("remove_connection", "DELETE", "/connection/{}", _PROMPT)

REGISTER_USER = _endpoint("register_user", "POST", "/snapTrade/registerUser", _PROMPT)
LIST_USERS = _endpoint("list_users", "GET", "/snapTrade/listUsers", _LIVE)
DELETE_USER = _endpoint("delete_user", "DELETE", "/snapTrade/deleteUser", _PROMPT)
RESET_SECRET = _endpoint("reset_secret", "POST", "/snapTrade/resetUserSecret", _PROMPT)
PORTAL = _endpoint("portal", "POST", "/snapTrade/login", _PROMPT)

BROKERAGES = _endpoint("brokerages", "GET", "/brokerages", _PROMPT)
EXCHANGES = _endpoint("exchanges", "GET", "/exchanges", _ASIDE)
SYMBOL = _endpoint("symbol", "GET", "/symbols/{}", _ASIDE)
