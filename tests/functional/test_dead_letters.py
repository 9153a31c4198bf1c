"""What was given up, worked once more on an operator's word: nothing doubles."""

from tests.functional.world import World


def _bury(world: World, queue: str) -> list[str]:
    """Put what waits in a queue among its dead letters."""
    bodies = world.messages(queue)
    for body in bodies:
        world.sqs.send_message(QueueUrl=world.queues[f"{queue}-dead"], MessageBody=body)
    return bodies


def test_read_and_webhook_are_worked_when_they_are_sent_back(world: World) -> None:
    connection_id, connection = world.link()
    assert _bury(world, "snapshot")
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status"] == "initialising"
    answer = world.operate({"operation": "redrive", "queue": "snapshot"})
    assert answer == {"moved": 1, "deleted": 0, "left": 0}
    world.work()
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status"] == "active"
    world.simulator.control.disable(connection.connection_id)
    delivery = world.listener.next("CONNECTION_BROKEN")
    assert world.deliver(delivery) == 200
    bodies = _bury(world, "webhook")
    assert world.operate({"operation": "redrive", "queue": "webhook"})["moved"] == 1
    assert world.messages("webhook") == bodies


def test_turns_of_schedules_are_deleted_and_others_left_alone(world: World) -> None:
    for queue, body in (("planner", '{"requestContext": {}}'), ("audit", '{"audit": "x"}')):
        world.sqs.send_message(QueueUrl=world.queues[f"{queue}-dead"], MessageBody=body)
    for queue in ("planner", "audit"):
        answer = world.operate({"operation": "redrive", "queue": queue})
        assert answer == {"moved": 0, "deleted": 1, "left": 0}
    assert world.messages("snapshot") == []


def test_purged_letters_are_gone(world: World) -> None:
    world.sqs.send_message(QueueUrl=world.queues["refresh-dead"], MessageBody="{}")
    refused = world.operate({"operation": "purge", "queue": "refresh"})
    assert refused["error"]["detail"].startswith("yes: ")
    answer = world.operate({"operation": "purge", "queue": "refresh", "yes": True})
    assert answer == {"moved": 0, "deleted": 1, "left": 0}
