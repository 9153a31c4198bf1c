"""Attempts to link, in ConnectionsTable; DynamoDB forgets them by itself."""

from collections.abc import Sequence
from datetime import timedelta

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Item, Table
from freshet.domain.errors import NotFound
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text
from freshet.domain.link_session import LinkSession
from freshet.domain.provider import Provider

_REMEMBERED = timedelta(days=1)


class DynamoLinkSessions:
    """The port LinkSessions."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def get(self, user_id: str, session_id: str) -> LinkSession:
        """Read one, consistently; raises NotFound."""
        item = self._table.get(keys.link_session(user_id, session_id))
        if item is None:
            raise NotFound(session_id)
        return _from_item(item)

    def of_user(self, user_id: str) -> Sequence[LinkSession]:
        """List a user's attempts."""
        prefix = keys.link_session(user_id, "")
        return [_from_item(item) for item in self._table.query(prefix["PK"], prefix["SK"])]

    def save(self, session: LinkSession) -> None:
        """Store one as it is now."""
        self._table.put(_to_item(session))


def _to_item(session: LinkSession) -> Item:
    return {
        **keys.link_session(session.user_id, session.id),
        "id": session.id,
        "user_id": session.user_id,
        "provider": str(session.provider),
        "state_digest": session.state_digest,
        "created_at": to_text(session.created_at),
        "link_ends_at": to_text(session.expires_at),
        "repairs": session.repairs,
        "was_broken": session.was_broken,
        "returned_at": optional_to_text(session.returned_at),
        "connection_id": session.connection_id,
        "is_failed": session.is_failed,
        "expires_at": int((session.expires_at + _REMEMBERED).timestamp()),
    }


def _from_item(item: Item) -> LinkSession:
    return LinkSession(
        id=item["id"],
        user_id=item["user_id"],
        provider=Provider(item["provider"]),
        state_digest=item["state_digest"],
        created_at=from_text(item["created_at"]),
        expires_at=from_text(item["link_ends_at"]),
        repairs=item.get("repairs"),
        was_broken=item["was_broken"],
        returned_at=optional_from_text(item.get("returned_at")),
        connection_id=item.get("connection_id"),
        is_failed=item["is_failed"],
    )
