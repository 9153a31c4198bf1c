"""The shape of a webhook event as a row: ids and a kind, never a body."""

from datetime import timedelta

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.stored_forms import StoredForm
from freshet.adapters.dynamodb.table import Item
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text
from freshet.domain.provider import Provider
from freshet.domain.webhooks import EventRule, StatusHint, WebhookEffect, WebhookEvent

Owner = tuple[str, str]


def event_to_item(
    event: WebhookEvent, owner: Owner | None, *, is_parked: bool, retention: timedelta
) -> Item:
    """Give an event the shape of its row; it expires `retention` after it was received."""
    rule = event.rule
    return {
        **keys.inbox(event.provider, event.id),
        "provider": str(event.provider),
        "format": _FORM.newest,
        "id": event.id,
        "kind": event.kind,
        "effect": str(rule.effect),
        "closes_refresh": rule.closes_refresh,
        "status_hint": None if rule.status_hint is None else str(rule.status_hint),
        "owner_user_id": owner[0] if owner else None,
        "owner_connection_id": owner[1] if owner else None,
        "is_parked": is_parked,
        "provider_connection_id": event.provider_connection_id,
        "provider_account_id": event.provider_account_id,
        "provider_user_id": event.provider_user_id,
        "occurred_at": to_text(event.occurred_at),
        "received_at": to_text(event.received_at),
        "details": dict(event.details),
        "link_ends_at": optional_to_text(event.link_ends_at),
        "expires_at": int((event.received_at + retention).timestamp()),
    }


def event_from_item(item: Item) -> WebhookEvent:
    """Read an event from its row."""
    return _FORM.reader_of(item)(item)


def _from_format_1(item: Item) -> WebhookEvent:
    status_hint = item.get("status_hint")
    return WebhookEvent(
        provider=Provider(item["provider"]),
        id=item["id"],
        kind=item["kind"],
        rule=EventRule(
            WebhookEffect(item["effect"]),
            item["closes_refresh"],
            None if status_hint is None else StatusHint(status_hint),
        ),
        provider_connection_id=item.get("provider_connection_id"),
        provider_account_id=item.get("provider_account_id"),
        provider_user_id=item.get("provider_user_id"),
        occurred_at=from_text(item["occurred_at"]),
        received_at=from_text(item["received_at"]),
        details=item["details"],
        link_ends_at=optional_from_text(item.get("link_ends_at")),
    )


_FORM = StoredForm("an event", _from_format_1)


def owner_from_item(item: Item) -> Owner | None:
    """Read whose event it is, where that is known."""
    if "owner_user_id" not in item:
        return None
    return item["owner_user_id"], item["owner_connection_id"]
