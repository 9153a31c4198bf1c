"""What the control interface shows of the world."""

from decimal import Decimal
from itertools import islice

from tests.simulators.common.exact_json import Document
from tests.simulators.common.state import requests_view
from tests.simulators.plaid.ledger import Ledger, Line, Month, Subscription, subscription_line
from tests.simulators.plaid.models import Item
from tests.simulators.plaid.world import World

MAX_SHOWN = 1000
"""How many Items the state shows; each one can be asked for by itself."""
_CURRENCY = "USD"


def state_view(world: World, untouched: int) -> Document:
    """Return the first Items with their tokens, how many there are, and the signing keys."""
    return {
        "items": [item_view(item) for item in islice(world.items.values(), MAX_SHOWN)],
        "existing": len(world.items),
        "declared": world.settings.declared.items,
        "untouched": untouched,
        "keys": [key.jwk() for key in world.keys],
        "now": world.now().isoformat(),
    }


def bill_view(world: World) -> Document:
    """Return every billable event and their sum as decimal strings, and the subscriptions."""
    entries = [
        {
            "at": entry.at.isoformat(),
            "item_id": entry.item_id,
            "request_id": entry.request_id,
            "amount": str(entry.amount),
            "currency": entry.currency,
        }
        for entry in world.bill
    ]
    total = sum((entry.amount for entry in world.bill), Decimal(0))
    return {
        "entries": entries,
        "total": str(total),
        "currency": _CURRENCY,
        "count": len(entries),
        "subscriptions": _subscriptions(world),
    }


def owed_view(world: World, month: Month, untouched: int) -> Document:
    """Return what is owed for a month; declared Items are owed for though nobody touched them."""
    lines = _merged(world.ledger, month)
    if untouched and Month.of(world.started_at) <= month:
        for product in world.settings.declared.products:
            known = lines.get(product, subscription_line(product, 0))
            lines[product] = subscription_line(product, known.count + untouched)
    total = sum((line.amount for line in lines.values()), Decimal(0))
    shown = [
        {"what": line.what, "count": line.count, "price": str(line.price),
         "amount": str(line.amount)}
        for line in lines.values()
    ]  # fmt: skip
    return {"month": str(month), "lines": shown, "total": str(total), "currency": _CURRENCY}


def counts_view(world: World) -> Document:
    """Return counts per operation and status, and per operation and error code."""
    refusals = {name: dict(codes) for name, codes in world.refusals.items()}
    return requests_view(world) | {"refusals": refusals}


def item_view(item: Item) -> Document:
    """Return all that a test may want to know of an Item."""
    succeeded, failed = item.last_successful_update, item.last_failed_update
    return {
        "item_id": item.id,
        "access_token": item.access_token,
        "user_id": item.user_id,
        "institution_id": item.institution.id,
        "products": list(item.products),
        "webhook": item.webhook,
        "error_code": item.error.code if item.error else None,
        "history": item.history.value,
        "last_successful_update": succeeded.isoformat() if succeeded else None,
        "last_failed_update": failed.isoformat() if failed else None,
        "revision": item.revision,
        "accounts": [
            {
                "account_id": account.id,
                "name": account.name,
                "type": account.type,
                "holdings": len(account.holdings),
            }
            for account in item.accounts
        ],
        "vanished_account_ids": list(item.vanished),
    }


def _merged(ledger: Ledger, month: Month) -> dict[str, Line]:
    return {line.what: line for line in ledger.owed(month)}


def _subscriptions(world: World) -> list[Document]:
    return [_subscription(world, each) for each in world.ledger.subscriptions()]


def _subscription(world: World, subscription: Subscription) -> Document:
    months = subscription.months(world.now())
    return {
        "item_id": subscription.item_id,
        "product": subscription.product,
        "is_active": subscription.ended_at is None,
        "started_at": subscription.started_at.isoformat(),
        "months": months,
        "amount": str(subscription_line(subscription.product, months).amount),
    }
