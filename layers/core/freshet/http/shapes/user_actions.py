"""What the user's app should do about a connection."""

from typing import Literal

from freshet.http.shapes.vocabulary import ConnectionId, Shape


class RelinkBody(Shape):
    """What to send."""

    connection_id: ConnectionId


class UserActionShape(Shape):
    """What the user's app should do: the request to make on the user's behalf."""

    type: Literal["relink"]
    method: Literal["POST"]
    href: str
    body: RelinkBody


def relink(connection_id: str) -> UserActionShape:
    """Say what the user's app should do to repair a connection."""
    return {
        "type": "relink",
        "method": "POST",
        "href": "/v1/link-sessions",
        "body": {"connection_id": connection_id},
    }
