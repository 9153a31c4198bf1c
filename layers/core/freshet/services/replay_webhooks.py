"""An operator has webhooks worked once more: they only ask for reads, so nothing can double."""

from datetime import datetime

from freshet.domain.errors import NotFound
from freshet.domain.provider import Provider
from freshet.domain.webhooks import EventRule, WebhookEffect, WebhookEvent
from freshet.services.parked_webhooks import drain_parked
from freshet.services.process_webhook import ProcessWebhookDependencies, act_on

_REPLAY = "operator_replay"


def replay_event(provider: Provider, event_id: str, *, deps: ProcessWebhookDependencies) -> bool:
    """Work one stored event again; False while its connection is unknown. Raises NotFound."""
    event, owner = deps.inbox.find(provider, event_id)
    if owner is not None:
        deps.inbox.mark(event, owner=owner, marked_at=deps.clock())
        act_on(event, owner, deps=deps)
        return True
    if event.provider_connection_id is None:
        return False
    return replay_parked(provider, event.provider_connection_id, deps=deps) > 0


def replay_connection(
    provider: Provider, provider_connection_id: str, *, deps: ProcessWebhookDependencies
) -> int:
    """Read a connection as if everything about it had just been announced, parked events first.

    Says how many events were parked. Raises NotFound for an unknown connection.
    """
    owner = deps.owners.of_connection(provider, provider_connection_id)
    if owner is None:
        raise NotFound(provider_connection_id)
    waiting = drain_parked(provider, provider_connection_id, owner, deps=deps)
    event = _everything(provider, provider_connection_id, deps.clock())
    deps.inbox.mark(event, owner=owner, marked_at=deps.clock())
    act_on(event, owner, deps=deps)
    return waiting


def replay_parked(
    provider: Provider,
    provider_connection_id: str | None = None,
    *,
    deps: ProcessWebhookDependencies,
) -> int:
    """Work the parked events whose connection is known by now; says how many there were."""
    waiting = deps.inbox.parked(provider, provider_connection_id)
    of_whom = {each.provider_connection_id for each in waiting if each.provider_connection_id}
    drained = 0
    for connection_id in sorted(of_whom):
        owner = deps.owners.of_connection(provider, connection_id)
        if owner is not None:
            drained += drain_parked(provider, connection_id, owner, deps=deps)
            act_on(_everything(provider, connection_id, deps.clock()), owner, deps=deps)
    return drained


def _everything(provider: Provider, provider_connection_id: str, now: datetime) -> WebhookEvent:
    return WebhookEvent(
        provider=provider,
        id=_REPLAY,
        kind=_REPLAY,
        rule=EventRule(WebhookEffect.CONNECTION_READ),
        provider_connection_id=provider_connection_id,
        provider_account_id=None,
        provider_user_id=None,
        occurred_at=now,
        received_at=now,
        details={},
    )
