"""Events that came before anybody knew their connection, and what outlives any read of it."""

from copy import replace
from datetime import datetime
from typing import Protocol

from freshet.domain.errors import NotFound
from freshet.domain.expiry import NOTICE
from freshet.domain.link import Link
from freshet.domain.provider import Provider
from freshet.domain.webhooks import StatusHint, WebhookEvent
from freshet.observability import logger
from freshet.ports import Clock, Connections, Inbox

Owner = tuple[str, str]


class DrainParkedDependencies(Protocol):
    """What it takes to give parked events to their connection."""

    @property
    def inbox(self) -> Inbox:
        """Where they wait."""

    @property
    def connections(self) -> Connections:
        """Whose they are."""

    @property
    def clock(self) -> Clock:
        """Tell the time."""


def drain_parked(
    provider: Provider,
    provider_connection_id: str,
    owner: Owner,
    *,
    last: str | None = None,
    deps: DrainParkedDependencies,
) -> int:
    """Mark a connection by the events that waited for it; says how many there were.

    The caller has the connection read afterwards.
    """
    # The event that is being worked goes last: while it waits, its repeats find the others.
    found = deps.inbox.parked(provider, provider_connection_id)
    waiting = sorted(found, key=lambda each: each.id == last)
    for event in waiting:
        # First: once taken, an event is not found again after a crash.
        note_expiry(event, owner, deps=deps)
        deps.inbox.unpark(event, owner=owner, marked_at=deps.clock())
    if waiting:
        logger.info("Parked webhooks were given to their connection", events=len(waiting))
    return len(waiting)


def note_expiry(event: WebhookEvent, owner: Owner, *, deps: DrainParkedDependencies) -> None:
    """Note a warning or a repair, which no read would tell; in any order, and repeatedly."""
    status_hint, now = event.rule.status_hint, deps.clock()
    if status_hint not in (StatusHint.EXPIRING, StatusHint.REPAIRED):
        return
    try:
        deps.connections.change(
            *owner,
            lambda row: replace(row, link=_noted(row.link, event, now=now)),
        )
    except NotFound:
        return  # removed meanwhile: nothing of it will end


def _noted(link: Link, event: WebhookEvent, *, now: datetime) -> Link:
    if event.rule.status_hint is StatusHint.REPAIRED:
        return link.with_expiry(link.expiry.with_repair(event.occurred_at), now=now)
    ends_at = event.link_ends_at or event.occurred_at + NOTICE
    return link.with_expiry(link.expiry.with_warning(ends_at), now=now)
