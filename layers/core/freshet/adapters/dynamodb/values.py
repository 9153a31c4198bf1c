"""Values that rows contain."""

from typing import Any

from freshet.domain.events import Event, EventKind
from freshet.domain.instants import from_text, to_text
from freshet.domain.money import Money, decimal_to_text, stored_decimal
from freshet.domain.positions import PriceBasis
from freshet.domain.price_basis import PriceBases


def money_to_item(money: Money) -> dict[str, str]:
    """Keep an amount as text: a DynamoDB number would lose the provider's trailing zeros."""
    return {"amount": decimal_to_text(money.amount), "currency": money.currency}


def money_from_item(item: Any) -> Money:
    """Read an amount back, digit for digit."""
    return Money(stored_decimal(item["amount"]), item["currency"])


def event_to_item(event: Event) -> dict[str, str]:
    """Keep an event until it is published."""
    return {
        "kind": event.kind,
        "user_id": event.user_id,
        "connection_id": event.connection_id,
        "subject_id": event.subject_id,
        "occurred_at": to_text(event.occurred_at),
    }


def event_from_item(item: Any) -> Event:
    """Read a kept event."""
    return Event(
        kind=EventKind(item["kind"]),
        user_id=item["user_id"],
        connection_id=item["connection_id"],
        subject_id=item["subject_id"],
        occurred_at=from_text(item["occurred_at"]),
    )


def bases_to_item(bases: PriceBases) -> dict[str, str] | None:
    """Keep what prices are prices of, by instrument."""
    return {name: str(basis) for name, basis in bases.items()} or None


def bases_from_item(kept: Any) -> PriceBases:
    """Read what prices are prices of."""
    return {name: PriceBasis(basis) for name, basis in (kept or {}).items()}
