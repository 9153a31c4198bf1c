"""Webhook events in ConnectionsTable: stored and claimed in one step, parked without an owner."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from freshet.adapters.dynamodb import due_shards, keys
from freshet.adapters.dynamodb.event_items import (
    Owner,
    event_from_item,
    event_to_item,
    owner_from_item,
)
from freshet.adapters.dynamodb.pending_items import announcement_to_item, pending_read_to_text
from freshet.adapters.dynamodb.table import Table, TransactionRefused
from freshet.domain.connection import SAFETY_NET
from freshet.domain.errors import NotFound
from freshet.domain.instants import to_text
from freshet.domain.pending_reads import announcement_of, pending_read_of
from freshet.domain.provider import Provider
from freshet.domain.webhooks import LeftOfEvent, WebhookEvent


class DynamoInbox:
    """The port Inbox: the event's row is its claim."""

    def __init__(self, table: Table, *, retention: timedelta = timedelta(0)) -> None:
        """Bind to ConnectionsTable; claimed events expire `retention` after they came."""
        self._table = table
        self._retention = retention

    def claim(self, event: WebhookEvent, *, owner: Owner | None, marked_at: datetime) -> bool:
        """Store an event and mark its connection in one step; False if it was there before.

        One transaction, so that no crash can leave an event claimed and its connection unmarked.
        Without an owner, an event about a connection is parked.
        """
        is_parked = owner is None and event.provider_connection_id is not None
        item = event_to_item(event, owner, is_parked=is_parked, retention=self._retention)
        writes = [self._table.putting(item, condition=_IS_NEW)]
        if is_parked:
            writes.append(self._table.putting({**item, **keys.parked(event)}))
        if owner is not None:
            writes += self._marking(owner, event, marked_at)
        try:
            self._table.transact(*writes)
        except TransactionRefused as refused:
            if 0 in refused.failed:
                return False
            # The connection was erased after its owner's row was read: keep the event alone.
            return self._keep_alone(event)
        return True

    def left_of(self, event: WebhookEvent, *, owner: Owner) -> LeftOfEvent:
        """Say what is still to be done for an event that was claimed before."""
        inbox, connection = keys.inbox(event.provider, event.id), keys.connection(*owner)
        rows = {row["SK"]: row for row in self._table.get_many([inbox, connection])}
        return LeftOfEvent(
            is_parked=bool(rows.get(inbox["SK"], {}).get("is_parked")),
            # A connection that was removed is owed nothing.
            is_read_owed=bool(rows.get(connection["SK"], {}).get("pending_reads")),
        )

    def find(self, provider: Provider, event_id: str) -> tuple[WebhookEvent, Owner | None]:
        """Read one event and whose it is; raises NotFound."""
        item = self._table.get(keys.inbox(provider, event_id))
        if item is None:
            raise NotFound(event_id)
        return event_from_item(item), owner_from_item(item)

    def parked(
        self, provider: Provider, provider_connection_id: str | None = None
    ) -> Sequence[WebhookEvent]:
        """List events that wait for an owner: a connection's, or all of a provider's."""
        whose = "" if provider_connection_id is None else f"{provider_connection_id}#"
        prefix = keys.PARKED_PREFIX + whose
        found = self._table.query(keys.parked_partition(provider), prefix)
        return [event_from_item(item) for item in found if "taken_at" not in item]

    def unpark(self, event: WebhookEvent, *, owner: Owner, marked_at: datetime) -> bool:
        """Give a parked event its owner and mark the connection; False if another was faster."""
        inbox = keys.inbox(event.provider, event.id)
        try:
            self._table.transact(
                # Taken, not deleted: no function of ours may delete, and the row expires anyway.
                self._table.updating(
                    keys.parked(event),
                    "SET taken_at = :now",
                    {":now": to_text(marked_at)},
                    condition="attribute_exists(PK) AND attribute_not_exists(taken_at)",
                ),
                self._table.updating(
                    inbox,
                    "SET owner_user_id = :user, owner_connection_id = :connection, is_parked = :no",
                    {":user": owner[0], ":connection": owner[1], ":no": False},
                ),
                *self._marking(owner, event, marked_at),
            )
        except TransactionRefused:
            return False
        return True

    def mark(self, event: WebhookEvent, *, owner: Owner, marked_at: datetime) -> None:
        """Mark the connection of an event once more; one that is gone is left alone."""
        marking = self._marking(owner, event, marked_at)
        if not marking:
            return
        try:
            self._table.transact(*marking)
        except TransactionRefused:
            return

    def _keep_alone(self, event: WebhookEvent) -> bool:
        item = event_to_item(event, None, is_parked=False, retention=self._retention)
        try:
            self._table.transact(self._table.putting(item, condition=_IS_NEW))
        except TransactionRefused:
            return False
        return True

    def _marking(self, owner: Owner, event: WebhookEvent, now: datetime) -> list[dict[str, Any]]:
        read = pending_read_of(event)
        if read is None:
            return []
        return [
            self._table.updating(
                keys.connection(*owner),
                "SET pending_reads.#read = :announcement, due_at = :soon, due_shard = :shard, "
                "version = version + :one",
                {
                    ":announcement": announcement_to_item(announcement_of(event, at=now)),
                    ":soon": to_text(now + SAFETY_NET),
                    ":shard": due_shards.due_shard(event.provider, owner[1]),
                    ":one": 1,
                },
                condition="attribute_exists(PK)",
                names={"#read": pending_read_to_text(read)},
            )
        ]


_IS_NEW = "attribute_not_exists(PK)"
