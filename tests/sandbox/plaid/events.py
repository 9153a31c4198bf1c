"""The bodies of webhooks."""

from datetime import timedelta

from tests.sandbox.plaid.answers import instant
from tests.sandbox.plaid.errors import PlaidRefusal, webhook_error
from tests.sandbox.plaid.models import Item, Unreported
from tests.sandbox.plaid.world import World
from tests.sandbox.simulation.exact_json import Document

_NOTICE = timedelta(days=7)


def event(world: World, item: Item, webhook_type: str, code: str) -> Document:
    """Return a webhook of any type with the fields its type has."""
    document: Document = {
        "webhook_type": webhook_type,
        "webhook_code": code,
        "item_id": item.id,
        "environment": world.settings.environment,
    }
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
    notice = instant(world.now() + _NOTICE, world.knobs)
    login = item.error or PlaidRefusal("ITEM_LOGIN_REQUIRED")
    first_account_id = item.accounts[0].id if item.accounts else None
    migration = {"reason": "INSTITUTION_TOKEN_EXPIRATION", "disconnect_time": notice}
    by_code: dict[str, Document] = {
        "ERROR": {"error": webhook_error(login)},
        "USER_PERMISSION_REVOKED": {"error": webhook_error(PlaidRefusal(code))},
        "PENDING_EXPIRATION": {"consent_expiration_time": notice},
        "PENDING_DISCONNECT": migration,
        "USER_ACCOUNT_REVOKED": {"account_id": first_account_id},
        "NEW_ACCOUNTS_AVAILABLE": {"error": None},
        "WEBHOOK_UPDATE_ACKNOWLEDGED": {"new_webhook_url": item.webhook, "error": None},
    }
    return by_code.get(code, {})
