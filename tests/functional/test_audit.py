"""The audit on its schedule: SnapTrade's own list of users against what is known here."""

from typing import Any

from functions.take_snapshots import app as take_snapshots
from tests.functional.world import CONTEXT, World


def _audit(world: World) -> Any:
    return take_snapshots.lambda_handler({"audit": "snaptrade"}, CONTEXT)


def test_stranger_and_disabled_connection_are_found_and_nothing_is_touched(world: World) -> None:
    connection_id, at_provider = world.link(portfolio=["everyday"])
    world.work()
    assert _audit(world) == {"findings": 0}
    stranger = world.simulator.control.add_user("stranger")
    world.simulator.control.disable(at_provider.connection_id, announce=False)
    # Those after the last one first, then a new round.
    assert [_audit(world)["findings"] for _ in range(2)] == [1, 2]
    rows = {row["kind"]["S"]: row["subject"]["S"] for row in world.rows("AUDIT#") if "kind" in row}
    assert rows == {
        "unknown_user": stranger.user_id,
        "disabled_but_billed": at_provider.connection_id,
    }
    shown = world.operate({"operation": "show_audit", "provider": "snaptrade"})
    assert {each["kind"]: each["connection_id"] for each in shown["findings"]} == {
        "unknown_user": None,
        "disabled_but_billed": connection_id,
    }
    users = {each["user_id"] for each in world.simulator.control.state()["users"]}
    assert stranger.user_id in users
