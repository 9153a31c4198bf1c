"""The bodies of webhooks."""

from datetime import timedelta

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.answers import instant
from tests.simulators.plaid.errors import PlaidRefusal, webhook_error
from tests.simulators.plaid.models import Item, Unreported
from tests.simulators.plaid.world import World

NOTICE = timedelta(days=7)
"""How long before its end a connection is announced to end."""
_DISCONNECT_REASON = "INSTITUTION_TOKEN_EXPIRATION"


def event(world: World, item: Item, webhook_type: str, code: str) -> Document:
    """Return a webhook of any type with the fields its type has."""
    document: Document = {
        "webhook_type": webhook_type,
        "webhook_code": code,
        "item_id": item.id,
        "environment": world.settings.environment,
    }
    if world.knobs.user_ids:
        document["user_id"] = item.user_id
    if webhook_type == "HOLDINGS":
        return document | {"error": None, **_holdings_counts(item)}
    if webhook_type == "INVESTMENTS_TRANSACTIONS":
        return document | {"error": None, **_transactions_counts(item, code)}
    return document | _details(world, item, code)


def _holdings_counts(item: Item) -> Document:
    counts = item.unreported
    fresh = Unreported(new_transactions=counts.new_transactions)
    item.unreported = fresh
    return {"new_holdings": counts.new_holdings, "updated_holdings": counts.updated_holdings}


def _transactions_counts(item: Item, code: str) -> Document:
    new = item.unreported.new_transactions
    item.unreported.new_transactions = 0
    if code == "HISTORICAL_UPDATE":
        new = sum(len(account.transactions) for account in item.accounts)
    return {"new_investments_transactions": new, "cancelled_investments_transactions": 0}


def _details(world: World, item: Item, code: str) -> Document:
    soon, style = world.now() + NOTICE, world.knobs.webhook_errors
    expires_at = instant(item.consent_expires_at or soon, world.knobs)
    disconnects_at = instant(item.disconnects_at or soon, world.knobs)
    login = item.error or PlaidRefusal("ITEM_LOGIN_REQUIRED")
    is_revoked = login.code == code
    revoked = login if is_revoked else PlaidRefusal("USER_PERMISSION_REVOKED")
    first_account_id = item.accounts[0].id if item.accounts else None
    by_code: dict[str, Document] = {
        "ERROR": {"error": webhook_error(login, style=style)},
        "USER_PERMISSION_REVOKED": {"error": webhook_error(revoked, style=style)},
        "PENDING_EXPIRATION": {"consent_expiration_time": expires_at},
        "PENDING_DISCONNECT": {"reason": _DISCONNECT_REASON, "disconnect_time": disconnects_at},
        "USER_ACCOUNT_REVOKED": {"account_id": first_account_id},
        "NEW_ACCOUNTS_AVAILABLE": {"error": None},
        "WEBHOOK_UPDATE_ACKNOWLEDGED": {"new_webhook_url": item.webhook, "error": None},
    }
    return by_code.get(code, {})
