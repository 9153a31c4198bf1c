"""An erasure as JSON: how far it is, and in the end the receipt."""

from typing import Literal

from freshet.domain.erasure import Erasure, ErasureStatus, Upstream, UpstreamStatus
from freshet.domain.instants import optional_to_text, to_text
from freshet.domain.provider import Provider
from freshet.http.shapes.vocabulary import ConnectionId, ErasureId, Instant, Shape


class UpstreamShape(Shape):
    """What has become of a thing at its provider."""

    status: UpstreamStatus
    reason: str | None
    asked_at: Instant | None
    removed_at: Instant | None


class ErasedShape(Shape):
    """What was erased here."""

    accounts: int
    rows: int


class ErasureShape(Shape):
    """A request to be forgotten, of one connection or of a whole user."""

    id: ErasureId
    kind: Literal["user", "connection"]
    status: ErasureStatus
    reason: str | None
    """What it waits for, or what went wrong last."""
    connection_id: ConnectionId | None
    connections: list[ConnectionId]
    """All that it takes along."""
    superseded_by: ConnectionId | None
    """The newer link of the same accounts, where that is why this one went."""
    provider: Provider | None
    upstream: UpstreamShape | None
    """The connection at its provider; of a user, see the erasures of the connections."""
    provider_user: UpstreamShape | None
    """The provider's own record of the user, removed with the last connection."""
    erased: ErasedShape
    requested_at: Instant
    erased_at: Instant | None


def erasure_shape(erasure: Erasure) -> ErasureShape:
    """Show an erasure: how far it is, what the provider said, what was erased."""
    connection_id = erasure.connection_id
    is_last = erasure.provider_user.attempts > 0
    return {
        "id": erasure.id,
        "kind": "user" if connection_id is None else "connection",
        "status": erasure.status,
        "reason": erasure.reason,
        "connection_id": connection_id,
        "connections": list(erasure.connections) if connection_id is None else [connection_id],
        "superseded_by": erasure.superseded_by,
        "provider": erasure.provider,
        "upstream": None if connection_id is None else _upstream_shape(erasure.upstream),
        "provider_user": _upstream_shape(erasure.provider_user) if is_last else None,
        "erased": {"accounts": erasure.accounts_erased, "rows": erasure.rows_erased},
        "requested_at": to_text(erasure.requested_at),
        "erased_at": optional_to_text(erasure.erased_at),
    }


def _upstream_shape(upstream: Upstream) -> UpstreamShape:
    return {
        "status": upstream.status,
        "reason": upstream.reason,
        "asked_at": optional_to_text(upstream.asked_at),
        "removed_at": optional_to_text(upstream.removed_at),
    }
