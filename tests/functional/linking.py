"""A user's frontend that links: requests, the portal, Link, and the webhooks they cause."""

import json
from typing import Any

from tests.functional.world import USER, Answer, World

LINK = "freshet/read freshet/link"
REDIRECT = "https://app.example/linked"


def post(world: World, path: str, *, user_id: str = USER, **body: Any) -> Answer:
    """Send a body as a user whose token may link."""
    text = json.dumps(body)
    return world.call("POST", path, user_id=user_id, scope=LINK, body=text)


def open_session(world: World, *, user_id: str = USER, **body: Any) -> dict[str, Any]:
    """Open a link session."""
    answer = post(world, "/v1/link-sessions", user_id=user_id, **body)
    assert answer.status == 201, answer
    return dict(answer.body)


def arrive(world: World, *, user_id: str = USER, **body: Any) -> Answer:
    """Bring back what a user has linked."""
    return post(world, "/v1/connections", user_id=user_id, **body)


def session_now(world: World, session: dict[str, Any], *, user_id: str = USER) -> dict[str, Any]:
    """Follow a link session."""
    path = f"/v1/link-sessions/{session['id']}"
    answer = world.call("GET", path, user_id=user_id, scope=LINK)
    assert answer.status == 200, answer
    return dict(answer.body)


def connections(world: World, *, user_id: str = USER) -> list[dict[str, Any]]:
    """List a user's connections as the API does."""
    return list(world.call("GET", "/v1/connections", user_id=user_id).body["items"])


def hear(world: World, event_type: str) -> None:
    """Carry SnapTrade's next webhook of a type to its worker."""
    (received,) = world.webhooks(event_type, 1)
    assert world.deliver(received) == 200
    world.work()
