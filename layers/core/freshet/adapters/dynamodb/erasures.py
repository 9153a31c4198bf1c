"""Erasures in ConnectionsTable: under way in the due index, in the end a receipt."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from freshet.adapters.dynamodb import due_shards, keys
from freshet.adapters.dynamodb.table import Item, Table, TransactionRefused
from freshet.domain.erasure import Erasure, ErasureStatus, Upstream, UpstreamStatus
from freshet.domain.errors import ConcurrentChange, NotFound
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text
from freshet.domain.provider import Provider


class DynamoErasures:
    """The ports Erasures and DueErasures."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def get(self, user_id: str, erasure_id: str) -> Erasure:
        """Read one, consistently; raises NotFound."""
        item = self._table.get(keys.erasure(user_id, erasure_id))
        if item is None:
            raise NotFound(erasure_id)
        return erasure_from_item(item, user_id)

    def begin(self, erasure: Erasure) -> Erasure:
        """Put one on record and into the due index, or give back the one that is under way."""
        writes = [self._table.putting(erasure_to_item(erasure), condition=_IS_NEW)]
        if erasure.connection_id is None:
            mark = {**keys.leaving(erasure.user_id), "erasure_id": erasure.id}
            writes.append(self._table.putting(mark, condition=_IS_NEW))
        try:
            self._table.transact(*writes)
        except TransactionRefused:
            return self._under_way(erasure)
        return erasure

    def save(self, erasure: Erasure) -> Erasure:
        """Store progress; raises ConcurrentChange."""
        item = erasure_to_item(erasure) | {"version": erasure.version + 1}
        unchanged: dict[str, Any] = {
            "condition": "version = :expected",
            "values": {":expected": erasure.version},
        }
        if erasure.connection_id is not None or not erasure.is_done:
            self._table.put(item, **unchanged)
            return erasure_from_item(item, erasure.user_id)
        try:
            # In one step: a user who comes back from now on is not removed by an old request.
            self._table.transact(
                self._table.putting(item, **unchanged),
                self._table.deleting(keys.leaving(erasure.user_id)),
            )
        except TransactionRefused as refused:
            raise ConcurrentChange(erasure.id) from refused
        return erasure_from_item(item, erasure.user_id)

    def confirm(self, user_id: str, erasure_id: str, *, at: datetime, now: datetime) -> None:
        """The provider says that the connection is gone: due at once; nothing for no erasure."""
        with suppress(ConcurrentChange):
            self._table.update(
                keys.erasure(user_id, erasure_id),
                "SET confirmed_at = :at, due_at = :now, version = version + :one",
                {
                    ":at": to_text(at),
                    ":now": to_text(now),
                    ":one": 1,
                    ":removing": str(ErasureStatus.REMOVING),
                },
                condition="#status = :removing AND attribute_not_exists(confirmed_at)",
                names={"#status": "status"},
            )

    def due_erasures(self, *, now: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
        """List (place, due time), the oldest first."""
        found = self._table.query_index(
            "due", due_shards.erasures_shard(), until=to_text(now), limit=limit
        )
        return [(str(item["PK"]), from_text(item["due_at"])) for item in found]

    def claim_erasure(
        self, place: str, *, due_at: datetime, lease_until: datetime
    ) -> Erasure | None:
        """Move the due time to the lease's end; None if another turn was faster."""
        try:
            item = self._table.update(
                keys.erasure_at(place),
                "SET due_at = :lease, version = version + :one",
                {":lease": to_text(lease_until), ":seen": to_text(due_at), ":one": 1},
                condition="due_at = :seen",
            )
        except ConcurrentChange:
            return None
        return erasure_from_item(item, item["user_id"])

    def _under_way(self, wanted: Erasure) -> Erasure:
        erasure_id = wanted.id
        if wanted.connection_id is None:
            mark = self._table.get(keys.leaving(wanted.user_id))
            if mark is None:
                raise ConcurrentChange(wanted.id)  # it ended a moment ago
            erasure_id = mark["erasure_id"]
        return self.get(wanted.user_id, erasure_id)


_IS_NEW = "attribute_not_exists(PK)"


def erasure_to_item(erasure: Erasure) -> Item:
    """Give an erasure the shape of its row; in the end it neither is due nor names the user."""
    due_at = optional_to_text(erasure.due_at)
    return {
        **keys.erasure(erasure.user_id, erasure.id),
        "id": erasure.id,
        "user_id": None if erasure.is_done else erasure.user_id,
        "actor": None if erasure.actor == erasure.user_id else erasure.actor,
        "connection_id": erasure.connection_id,
        "provider": None if erasure.provider is None else str(erasure.provider),
        "credential_name": None if erasure.is_done else erasure.credential_name,
        "superseded_by": erasure.superseded_by,
        "connections": list(erasure.connections),
        "status": str(erasure.status),
        "reason": erasure.reason,
        "upstream": _upstream_to_item(erasure.upstream),
        "provider_user": _upstream_to_item(erasure.provider_user),
        "confirmed_at": optional_to_text(erasure.confirmed_at),
        "disconnected_at": optional_to_text(erasure.disconnected_at),
        "accounts_erased": erasure.accounts_erased,
        "rows_erased": erasure.rows_erased,
        "requested_at": to_text(erasure.requested_at),
        "erased_at": optional_to_text(erasure.erased_at),
        "due_at": due_at,
        "due_shard": due_shards.erasures_shard() if due_at else None,
        "version": erasure.version,
    }


def erasure_from_item(item: Item, user_id: str) -> Erasure:
    """Read an erasure from its row, for the user who knows its place."""
    provider = item.get("provider")
    return Erasure(
        id=item["id"],
        user_id=user_id,
        actor=item.get("actor") or user_id,
        connection_id=item.get("connection_id"),
        provider=None if provider is None else Provider(provider),
        credential_name=item.get("credential_name"),
        superseded_by=item.get("superseded_by"),
        connections=tuple(item["connections"]),
        status=ErasureStatus(item["status"]),
        reason=item.get("reason"),
        upstream=_upstream_from_item(item["upstream"]),
        provider_user=_upstream_from_item(item["provider_user"]),
        confirmed_at=optional_from_text(item.get("confirmed_at")),
        disconnected_at=optional_from_text(item.get("disconnected_at")),
        accounts_erased=int(item["accounts_erased"]),
        rows_erased=int(item["rows_erased"]),
        requested_at=from_text(item["requested_at"]),
        erased_at=optional_from_text(item.get("erased_at")),
        due_at=optional_from_text(item.get("due_at")),
        version=int(item["version"]),
    )


def _upstream_to_item(upstream: Upstream) -> Item:
    return {
        "status": str(upstream.status),
        "reason": upstream.reason,
        "attempts": upstream.attempts,
        "asked_at": optional_to_text(upstream.asked_at),
        "removed_at": optional_to_text(upstream.removed_at),
    }


def _upstream_from_item(item: Item) -> Upstream:
    return Upstream(
        status=UpstreamStatus(item["status"]),
        reason=item["reason"],
        attempts=int(item["attempts"]),
        asked_at=optional_from_text(item["asked_at"]),
        removed_at=optional_from_text(item["removed_at"]),
    )
