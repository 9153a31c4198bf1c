"""The processor: store an event once, mark what it is about, ask for a read."""

from dataclasses import dataclass
from datetime import timedelta

from freshet.domain.errors import NotFound
from freshet.domain.orders import ReadOrder, ReadReason
from freshet.domain.webhooks import WebhookEvent, mark_of
from freshet.observability import count, logger
from freshet.ports import Clock, Connections, Inbox, Owners, ReadQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """What working an event needs from outside; `debounce` lets a burst gather."""

    owners: Owners
    inbox: Inbox
    connections: Connections
    reads: ReadQueue
    debounce: timedelta
    clock: Clock


def process_webhook(event: WebhookEvent, *, parts: Processing) -> None:
    """Work one event; however often it comes, its connection is read for it once."""
    owner = _owner(event, parts.owners)
    mark = mark_of(event) if owner is not None else None
    is_new = parts.inbox.claim(event, owner=owner, mark=mark, marked_at=parts.clock())
    count("WebhookProcessed" if is_new else "WebhookDuplicate")
    logger.info("Webhook processed", kind=event.kind, is_new=is_new, has_owner=owner is not None)
    if owner is None or mark is None:
        return
    if not is_new and not _is_read_owed(owner, parts.connections):
        return
    # A burst of events makes a burst of messages; the first reader answers all their marks.
    parts.reads.send(
        [
            ReadOrder(
                user_id=owner[0],
                connection_id=owner[1],
                reason=ReadReason.WEBHOOK,
                delay=parts.debounce,
            )
        ]
    )


def _is_read_owed(owner: tuple[str, str], connections: Connections) -> bool:
    # A crash may have come between marking and asking; a removed connection is owed nothing.
    try:
        return bool(connections.get(*owner).marks)
    except NotFound:
        return False


def _owner(event: WebhookEvent, owners: Owners) -> tuple[str, str] | None:
    if event.provider_connection_id is None:
        return None
    return owners.of_connection(event.provider, event.provider_connection_id)
