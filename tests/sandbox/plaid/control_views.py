"""What the control interface shows of the world."""

from decimal import Decimal

from tests.sandbox.plaid.models import Item
from tests.sandbox.plaid.world import World
from tests.sandbox.simulation.exact_json import Document
from tests.sandbox.simulation.state import requests_view

# No public prices exist; what one customer saw.
MONTHLY_PRICES = {"investments": Decimal("0.18"), "investments_transactions": Decimal("0.35")}


def state_view(world: World) -> Document:
    """Return Items with their tokens, and the signing keys."""
    return {
        "items": [_item_view(item) for item in world.items.values()],
        "keys": [key.jwk() for key in world.keys],
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
        "currency": "USD",
        "count": len(entries),
        "subscriptions": _subscriptions(world),
    }


def counts_view(world: World) -> Document:
    """Return counts per operation and status, and per operation and error code."""
    refusals = {name: dict(codes) for name, codes in world.refusals.items()}
    return requests_view(world) | {"refusals": refusals}


def _subscriptions(world: World) -> list[Document]:
    now = world.now()
    return [
        {
            "item_id": each.item_id,
            "product": each.product,
            "is_active": each.ended_at is None,
            "started_at": each.started_at.isoformat(),
            "months": each.months(now),
            "amount": str(MONTHLY_PRICES.get(each.product, Decimal(0)) * each.months(now)),
        }
        for each in world.subscriptions
    ]


def _item_view(item: Item) -> Document:
    succeeded, failed = item.last_successful_update, item.last_failed_update
    return {
        "item_id": item.id,
        "access_token": item.access_token,
        "institution_id": item.institution.id,
        "products": list(item.products),
        "webhook": item.webhook,
        "error_code": item.error.code if item.error else None,
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
    }
