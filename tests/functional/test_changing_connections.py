"""Pause and cadence: PATCH /v1/connections/{id}."""

import json
from typing import Any

import pytest

from tests.functional.world import World

LINK = "freshet/read freshet/link"
OPERATOR = f"{LINK} freshet/operate"


def _patch(world: World, connection_id: str, body: Any, **request: Any) -> Any:
    path = f"/v1/connections/{connection_id}"
    text = body if isinstance(body, str) else json.dumps(body)
    return world.call("PATCH", path, body=text, **({"scope": LINK} | request))


def _due(world: World) -> list[str]:
    rows = [row for row in world.rows("USER#") if row["SK"]["S"].startswith("CONNECTION#")]
    return [row["due_at"]["S"] for row in rows if "due_at" in row]


def test_a_paused_connection_leaves_the_schedule_and_comes_back(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    paused = _patch(world, connection_id, {"paused": True})
    assert (paused.status, paused.body["paused"], paused.body["next_read_at"]) == (200, True, None)
    assert _due(world) == []
    resumed = _patch(world, connection_id, {"paused": False})
    assert resumed.body["paused"] is False
    assert _due(world) == [resumed.body["next_read_at"]]
    assert resumed.body == world.call("GET", f"/v1/connections/{connection_id}").body


def test_a_paused_connection_is_refreshed_when_its_user_presses(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    _patch(world, connection_id, {"paused": True})
    assert world.call("POST", f"/v1/connections/{connection_id}/refresh").status == 202
    assert len(_due(world)) == 1


def test_a_cadence_is_kept_and_shown(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    changed = _patch(world, connection_id, {"cadence": {"read_every": "PT6H"}})
    assert changed.body["cadence"] == {"read_every": "PT6H", "refresh_every": None}
    changed = _patch(world, connection_id, {"cadence": {"read_every": "P1DT12H"}})
    assert changed.body["cadence"]["read_every"] == "PT36H"


def test_buying_on_a_cadence_is_for_operators(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    body = {"cadence": {"refresh_every": "PT24H"}}
    refused = _patch(world, connection_id, body)
    assert (refused.status, refused.body["code"]) == (403, "missing_scope")
    assert "freshet/operate" in refused.body["detail"]
    assert world.plan() == 0
    changed = _patch(world, connection_id, body, scope=OPERATOR)
    assert changed.body["cadence"]["refresh_every"] == "PT24H"
    assert world.plan() == 1
    world.work()
    assert world.simulator.control.bill().count == 1
    ended = _patch(world, connection_id, {"cadence": {"refresh_every": None}})
    assert (ended.status, ended.body["cadence"]["refresh_every"]) == (200, None)


def test_changing_needs_the_scope_to_link(world: World) -> None:
    connection_id, _ = world.link()
    refused = _patch(world, connection_id, {}, scope="freshet/read freshet/refresh")
    assert (refused.status, refused.body["code"]) == (403, "missing_scope")


def test_anothers_connection_cannot_be_changed(world: World) -> None:
    connection_id, _ = world.link()
    theirs = _patch(world, connection_id, {"paused": True}, user_id="user-2")
    nobodys = _patch(world, "con_nonsense", {"paused": True}, user_id="user-2")
    assert theirs.status == nobodys.status == 404
    assert theirs.body == nobodys.body


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"paused": "yes"}, "paused: "),
        ({"paused": None}, "paused: "),
        ({"status": "active"}, "status: is not a known field"),
        ({"cadence": "PT24H"}, "cadence: "),
        ({"cadence": None}, "cadence: "),
        ({"cadence": {"buy_every": "PT24H"}}, "cadence.buy_every: is not a known field"),
        ({"cadence": {"read_every": None}}, "cadence.read_every: "),
        ({"cadence": {"read_every": 86400}}, "cadence.read_every: "),
        ({"cadence": {"read_every": "24h"}}, "cadence.read_every: "),
        ({"cadence": {"read_every": "PT5H"}}, "cadence.read_every: must be from PT6H to PT720H"),
        ({"cadence": {"read_every": "P31D"}}, "cadence.read_every: must be from PT6H to PT720H"),
        ({"cadence": {"refresh_every": "PT59M"}}, "cadence.refresh_every: must be from PT1H to"),
        ({"cadence": {"refresh_every": ["PT1H"]}}, "cadence.refresh_every: "),
    ],
)
def test_a_field_that_makes_no_sense_is_named_and_nothing_changes(
    world: World, body: dict[str, Any], detail: str
) -> None:
    connection_id, _ = world.link()
    world.work()
    before = world.call("GET", f"/v1/connections/{connection_id}").body
    refused = _patch(world, connection_id, body, scope=OPERATOR)
    assert (refused.status, refused.body["code"]) == (422, "invalid_field")
    assert refused.body["detail"].startswith(detail)
    assert world.call("GET", f"/v1/connections/{connection_id}").body == before


def test_a_change_that_is_no_json_is_refused(world: World) -> None:
    connection_id, _ = world.link()
    assert _patch(world, connection_id, "{").status == 400
    assert _patch(world, connection_id, "[]").status == 422


def test_an_empty_change_shows_the_connection(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    shown = _patch(world, connection_id, {})
    assert shown.body == world.call("GET", f"/v1/connections/{connection_id}").body
