"""The processor: store an event once, mark what it is about, ask for a read."""

from collections.abc import Callable
from copy import replace
from datetime import timedelta

from msgspec import Struct

from freshet import metrics
from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection_status import GONE
from freshet.domain.identifiers import erasure_id_for
from freshet.domain.pending_reads import pending_read_of
from freshet.domain.webhooks import UNKNOWN_KIND, StatusHint, WebhookEffect, WebhookEvent
from freshet.observability import logger, measure_seconds
from freshet.ports import Clock, Connections, Erasures, Inbox, Owners, ReadQueue
from freshet.services.adopt_connection import adopted_owner
from freshet.services.parked_webhooks import drain_parked, note_expiry

Owner = tuple[str, str]


class ProcessWebhookDependencies(Struct, frozen=True, kw_only=True):
    """What working an event needs from outside; `debounce` lets a burst gather."""

    owners: Owners
    inbox: Inbox
    connections: Connections
    erasures: Erasures
    reads: ReadQueue
    debounce: timedelta
    random_bytes: Callable[[int], bytes]
    clock: Clock


def process_webhook(event: WebhookEvent, *, deps: ProcessWebhookDependencies) -> None:
    """Work one event; however often it comes, its connection is read for it once."""
    owner = _owner(event, deps)
    is_new = deps.inbox.claim(event, owner=owner, marked_at=deps.clock())
    _tell(event, owner, is_new=is_new, deps=deps)
    if event.rule.effect is WebhookEffect.USER_READ:
        _read_all_of_user(event, deps)
        return
    is_added = event.rule.status_hint is StatusHint.ADDED
    if owner is not None and is_new and not is_added:
        act_on(event, owner, deps=deps)
        return
    # Its connection may have been saved since we looked: then no other process would find it.
    owner = owner or _owner(event, deps)
    if owner is None or event.provider_connection_id is None:
        return
    left = deps.inbox.left_of(event, owner=owner)
    if left.is_parked or is_added:
        # What came before an adopted connection was announced is waiting for it, too.
        drain_parked(event.provider, event.provider_connection_id, owner, last=event.id, deps=deps)
        left = deps.inbox.left_of(event, owner=owner)
    act_on(event, owner, deps=deps, is_asked_for=left.is_read_owed)


def _read_all_of_user(event: WebhookEvent, deps: ProcessWebhookDependencies) -> None:
    """Have every connection of a provider's user read; once more does no harm."""
    if event.provider_user_id is None:
        return
    user_id = deps.owners.of_provider_user(event.provider, event.provider_user_id)
    for connection in deps.connections.of_user(user_id) if user_id is not None else ():
        if connection.provider is event.provider and connection.link.status not in GONE:
            owner = (connection.user_id, connection.id)
            about_it = replace(event, provider_connection_id=connection.link.provider_connection_id)
            deps.inbox.mark(about_it, owner=owner, marked_at=deps.clock())
            _ask_for_read(owner, deps)


def act_on(
    event: WebhookEvent,
    owner: Owner,
    *,
    deps: ProcessWebhookDependencies,
    is_asked_for: bool = True,
) -> None:
    """Let an event have its effect on a connection that is marked; once more does no harm."""
    note_expiry(event, owner, deps=deps)
    _note_removal(event, owner, deps)
    if pending_read_of(event) is None or not is_asked_for:
        return
    _ask_for_read(owner, deps)


def _ask_for_read(owner: Owner, deps: ProcessWebhookDependencies) -> None:
    # A burst of events makes a burst of messages; the first reader answers all their marks.
    command = ReadCommand(
        user_id=owner[0],
        connection_id=owner[1],
        reason=ReadReason.WEBHOOK,
        delay=deps.debounce,
    )
    deps.reads.send([command])


def _note_removal(event: WebhookEvent, owner: Owner, deps: ProcessWebhookDependencies) -> None:
    # Ids are never given out twice: gone is gone, and what waits for it can go on.
    if event.rule.status_hint is StatusHint.REMOVED:
        user_id, connection_id = owner
        deps.erasures.confirm(
            user_id, erasure_id_for(connection_id), at=event.occurred_at, now=deps.clock()
        )


def _owner(event: WebhookEvent, deps: ProcessWebhookDependencies) -> Owner | None:
    if event.provider_connection_id is None:
        return None
    owner = deps.owners.of_connection(event.provider, event.provider_connection_id)
    if owner is None and event.rule.status_hint is StatusHint.ADDED:
        return adopted_owner(event, deps=deps)
    return owner


def _tell(
    event: WebhookEvent, owner: Owner | None, *, is_new: bool, deps: ProcessWebhookDependencies
) -> None:
    measure_seconds(metrics.WEBHOOK_DELAY, deps.clock() - event.occurred_at)
    logger.info(
        "Webhook processed",
        provider=event.provider,
        event_id=event.id,
        connection_id=None if owner is None else owner[1],
        kind=event.kind,
        is_known_kind=event.rule is not UNKNOWN_KIND,
        is_new=is_new,
        is_parked=owner is None and event.provider_connection_id is not None,
    )
