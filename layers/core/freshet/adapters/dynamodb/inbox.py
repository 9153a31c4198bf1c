"""Webhook events in ConnectionsTable: stored and claimed in one step."""

from datetime import datetime, timedelta
from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Item, Table, TransactionRefused
from freshet.domain.connection import SAFETY_NET
from freshet.domain.instants import optional_to_text, to_text
from freshet.domain.webhooks import WebhookEvent


class DynamoInbox:
    """The port Inbox: the event's row is its claim."""

    def __init__(self, table: Table, *, retention: timedelta) -> None:
        """Bind to ConnectionsTable; rows expire after `retention`."""
        self._table = table
        self._retention = retention

    def claim(
        self,
        event: WebhookEvent,
        *,
        owner: tuple[str, str] | None,
        mark: str | None,
        marked_at: datetime,
    ) -> bool:
        """Store an event and mark its connection in one step; False if it was there before.

        One transaction, so that no crash can leave an event claimed and its connection unmarked.
        """
        writes = [self._table.putting(self._item(event, owner), condition=_IS_NEW)]
        if owner is not None and mark is not None:
            writes.append(self._marking(*owner, mark, event, marked_at))
        try:
            self._table.transact(*writes)
        except TransactionRefused as refused:
            if 0 in refused.failed:
                return False
            # The connection was erased after its owner's row was read: keep the event alone.
            return self.claim(event, owner=None, mark=None, marked_at=marked_at)
        return True

    def _item(self, event: WebhookEvent, owner: tuple[str, str] | None) -> Item:
        expires_at = event.received_at + self._retention
        return {
            **keys.inbox(event.provider, event.id),
            "kind": event.kind,
            "owner_user_id": owner[0] if owner else None,
            "owner_connection_id": owner[1] if owner else None,
            "provider_connection_id": event.provider_connection_id,
            "provider_account_id": event.provider_account_id,
            "provider_user_id": event.provider_user_id,
            "occurred_at": optional_to_text(event.occurred_at),
            "received_at": to_text(event.received_at),
            "details": dict(event.details),
            "expires_at": int(expires_at.timestamp()),
        }

    def _marking(
        self, user_id: str, connection_id: str, mark: str, event: WebhookEvent, now: datetime
    ) -> dict[str, Any]:
        return self._table.updating(
            keys.connection(user_id, connection_id),
            "SET marks.#mark = :at, due_at = :soon, due_shard = :shard, version = version + :one",
            {
                ":at": to_text(now),
                ":soon": to_text(now + SAFETY_NET),
                ":shard": keys.due_shard(event.provider, connection_id),
                ":one": 1,
            },
            condition="attribute_exists(PK)",
            names={"#mark": mark},
        )


_IS_NEW = "attribute_not_exists(PK)"
