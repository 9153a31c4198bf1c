"""The API asked for SnapTrade's documented shape, and how a JSON text spells its numbers."""

import json
from typing import Any

from tests.functional.world import USER, Answer, World

type Number = tuple[str, str]


def s4(world: World, connection_id: str | None = None, *, user_id: str = USER) -> Answer:
    """Ask for a user's holdings in SnapTrade's shape."""
    query = {"shape": "snaptrade"}
    if connection_id is not None:
        query["connection_id"] = connection_id
    return world.call("GET", "/v1/holdings", user_id=user_id, query=query)


def digits(text: str) -> Any:
    """Parse JSON with every number as it is spelled, and told apart from text."""
    return json.loads(text, parse_float=_number, parse_int=_number)


def reference_calls(world: World) -> int:
    """Count what SnapTrade was asked for reference data."""
    counts = world.simulator.control.requests()["operations"]
    asked = [counts.get(operation, {}) for operation in ("list_exchanges", "get_symbol")]
    return sum(sum(each.values()) for each in asked)


def _number(text: str) -> Number:
    return "number", text
