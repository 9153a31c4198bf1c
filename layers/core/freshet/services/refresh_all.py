"""All connections of a user at once: each on its own, so that one refusal stops no other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from freshet.domain.connection import Connection
from freshet.domain.errors import (
    ConcurrentChange,
    CredentialMissing,
    FreshetError,
    NotFound,
    ProviderNotConfigured,
    QueueUnavailable,
    RefreshRefused,
    SecretUnavailable,
)
from freshet.domain.refresh_request import RefreshRequest
from freshet.services.preview_refresh import Preview, preview_of, spent_by
from freshet.services.refresh_connection import request_refresh
from freshet.services.refresh_records import Purchase, RequestRefreshDependencies

_OF_ONE_CONNECTION = (
    RefreshRefused,
    NotFound,
    ProviderNotConfigured,
    CredentialMissing,
    SecretUnavailable,
    ConcurrentChange,
    QueueUnavailable,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshAllRequest:
    """A user's request for everything; `actor` as in RefreshRequest."""

    user_id: str
    actor: str
    idempotency_key: str | None = None

    def of(self, connection: Connection) -> RefreshRequest:
        """Make the request for one of the connections."""
        return RefreshRequest(
            user_id=self.user_id,
            connection_id=connection.id,
            actor=self.actor,
            idempotency_key=self.idempotency_key,
            is_one_of_all=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered[Result]:
    """What became of one connection: a result or the reason why there is none."""

    connection_id: str
    result: Result | None = None
    refusal: FreshetError | None = None


def refresh_all(
    request: RefreshAllRequest, *, deps: RequestRefreshDependencies
) -> list[Answered[Purchase]]:
    """Refresh every connection of a user, never in place; the same key gives the same refreshes."""

    def ask(connection: Connection) -> Purchase:
        return request_refresh(request.of(connection), deps=deps)

    return [_answered(each, ask) for each in _longest_waiting_first(request, deps)]


def preview_all(
    request: RefreshAllRequest, *, deps: RequestRefreshDependencies
) -> list[Answered[Preview]]:
    """Say what `refresh_all` would do: each purchase leaves less for the next ones.

    Raises IdempotencyMismatch.
    """
    now = deps.purchasing.clock()
    spent = spent_by(request.user_id, deps=deps, now=now)

    def ask(connection: Connection) -> Preview:
        nonlocal spent
        preview = preview_of(connection, request.of(connection), spent, deps=deps, now=now)
        spent = preview.spent
        return preview

    return [_answered(each, ask) for each in _longest_waiting_first(request, deps)]


def _longest_waiting_first(
    request: RefreshAllRequest, deps: RequestRefreshDependencies
) -> list[Connection]:
    # Should a budget end halfway, those go without that were refreshed last.
    found = deps.purchasing.connections.of_user(request.user_id)
    return sorted(found, key=lambda each: (_waiting_since(each), each.id))


def _waiting_since(connection: Connection) -> datetime:
    return connection.purchases.last_purchase_at or connection.created_at


def _answered[Result](
    connection: Connection, ask: Callable[[Connection], Result]
) -> Answered[Result]:
    try:
        return Answered(connection_id=connection.id, result=ask(connection))
    except _OF_ONE_CONNECTION as refusal:
        return Answered(connection_id=connection.id, refusal=refusal)
