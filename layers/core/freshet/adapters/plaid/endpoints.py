"""The operations of Plaid that are called, each with its timeouts."""

from freshet.adapters.transport import Endpoint, Timeouts

NAME = "plaid"

_READ = Timeouts(connect=3.0, read=20.0)
# Synchronous with the institution: at times 30 s or more, no upper bound is published.
_REFRESH = Timeouts(connect=3.0, read=90.0)
# A person waits behind the API, which must answer before API Gateway gives up.
_PROMPT = Timeouts(connect=3.0, read=10.0)
# Plaid waits ten seconds for our answer to the webhook that made us ask.
_KEY = Timeouts(connect=2.0, read=3.0)


def _endpoint(
    operation: str, path: str, timeouts: Timeouts, *, is_billable: bool = False
) -> Endpoint:
    return Endpoint(
        provider=NAME,
        operation=operation,
        method="POST",
        path=path,
        timeouts=timeouts,
        is_billable=is_billable,
    )


ITEM = _endpoint("item", "/item/get", _READ)
ACCOUNTS = _endpoint("accounts", "/accounts/get", _READ)
HOLDINGS = _endpoint("holdings", "/investments/holdings/get", _READ)
TRANSACTIONS = _endpoint("transactions", "/investments/transactions/get", _READ)
REFRESH = _endpoint("refresh", "/investments/refresh", _REFRESH, is_billable=True)

LINK_TOKEN = _endpoint("link_token", "/link/token/create", _PROMPT)
EXCHANGE = _endpoint("exchange", "/item/public_token/exchange", _PROMPT)
REMOVE_ITEM = _endpoint("remove_item", "/item/remove", _PROMPT)
UPDATE_WEBHOOK = _endpoint("update_webhook", "/item/webhook/update", _PROMPT)
ROTATE_TOKEN = _endpoint("rotate_token", "/item/access_token/invalidate", _PROMPT)

VERIFICATION_KEY = _endpoint("verification_key", "/webhook_verification_key/get", _KEY)
