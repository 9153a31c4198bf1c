"""An operator asks for the story of a connection, a refresh or a webhook.

Connections and refreshes lie below their user, webhooks below their provider: an id alone is no
key, and nothing is searched for.
"""

from msgspec import Struct

from freshet.domain.connection import Connection
from freshet.domain.errors import InvalidField, NotFound
from freshet.domain.identifiers import connection_id_of, is_connection_id
from freshet.domain.instants import to_words
from freshet.domain.provider import Provider
from freshet.domain.stories import (
    line_of_refresh,
    story_of_connection,
    story_of_refresh,
    story_of_webhook,
)
from freshet.ports import Clock, Connections, Inbox, Owners, Refreshes

_MOST_REFRESHES = 20


class ExplainDependencies(Struct, frozen=True, kw_only=True):
    """Where the stories are read from."""

    connections: Connections
    owners: Owners
    refreshes: Refreshes
    inbox: Inbox
    clock: Clock


def explain(
    subject: str, *, user_id: str | None, provider: Provider | None, deps: ExplainDependencies
) -> list[str]:
    """Tell it in sentences; raises InvalidField where an owner must be named, and NotFound."""
    if is_connection_id(subject):
        connection = deps.connections.get(_named_user(user_id), subject)
        return _of_connection(connection, deps)
    if connection_id_of(subject) is not None:
        refresh = deps.refreshes.get(_named_user(user_id), subject)
        return list(story_of_refresh(refresh, deps.refreshes.settlements(refresh)))
    if provider is None:
        raise InvalidField("provider", "must be named for a webhook or a provider's connection")
    try:
        event, owner = deps.inbox.find(provider, subject)
    except NotFound:
        return _of_providers_connection(provider, subject, deps)
    left = None if owner is None else deps.inbox.left_of(event, owner=owner)
    return list(story_of_webhook(event, owner, left))


def _named_user(user_id: str | None) -> str:
    if user_id is None:
        raise InvalidField("user_id", "must be named for a connection or a refresh")
    return user_id


def _of_providers_connection(
    provider: Provider, provider_connection_id: str, deps: ExplainDependencies
) -> list[str]:
    owner = deps.owners.of_connection(provider, provider_connection_id)
    if owner is not None:
        return _of_connection(deps.connections.get(*owner), deps)
    parked = deps.inbox.parked(provider, provider_connection_id)
    if not parked:
        raise NotFound(provider_connection_id)
    return [
        f"{to_words(each.received_at)}: webhook {each.id} ({each.kind}) waits for its connection."
        for each in parked
    ]


def _of_connection(connection: Connection, deps: ExplainDependencies) -> list[str]:
    found = deps.refreshes.of_connection(connection.user_id, connection.id)
    parked = deps.inbox.parked(connection.provider, connection.link.provider_connection_id)
    story = [
        f"It belongs to user {connection.user_id}.",
        *story_of_connection(connection, now=deps.clock()),
        *(line_of_refresh(each) for each in found[:_MOST_REFRESHES]),
        *(f"{to_words(each.received_at)}: webhook {each.id} is parked." for each in parked),
    ]
    more = len(found) - _MOST_REFRESHES
    return [*story, f"There are {more} older refreshes."] if more > 0 else story
