"""A function that would end before a call could does not call: its record ends as postponed."""

from tests.functional.test_purchase_faults import Scene, scene
from tests.functional.world import World

__all__ = ["scene"]

DONE: dict[str, list[str]] = {"batchItemFailures": []}


def test_read_is_postponed_and_blames_nobody_when_the_function_is_about_to_end(
    world: World,
) -> None:
    connection_id, _ = world.link()
    (command,) = world.messages("snapshot")
    asked = world.simulator.control.requests()["total"]
    assert world.redeliver("snapshot", command, seconds=30) == DONE
    assert world.simulator.control.requests()["total"] == asked
    shown = world.call("GET", f"/v1/connections/{connection_id}").body
    assert (shown["status"], shown["status_reason"]) == ("initialising", None)
    assert shown["next_read_at"] is not None
    assert world.redeliver("snapshot", command) == DONE
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status"] == "active"


def test_purchase_is_put_back_and_bought_once_when_the_function_was_about_to_end(
    scene: Scene,
) -> None:
    scene.command()
    (command,) = scene.commands.values()
    assert scene.world.redeliver("refresh", command, seconds=15) == DONE
    assert scene.world.simulator.control.bill().count == 0
    scene.settle()
    assert scene.world.simulator.control.bill().count == 1
