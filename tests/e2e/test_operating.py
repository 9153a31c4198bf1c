"""The operator's own function on the deployed stack: held to its role, and reached by no route."""

from tests.local_stack.deployed import Deployed

REFRESH_DEAD = "RefreshDeadLetterQueueUrl"


def test_doctor_makes_every_check_with_the_rights_it_has(running: Deployed) -> None:
    running.plan()
    answer = running.operate({"operation": "doctor"})
    lines = {each["check"]: each for each in answer["lines"]}
    unknown = {name: each["found"] for name, each in lines.items() if each["status"] == "unknown"}
    assert unknown == {}
    assert {lines[name]["status"] for name in ("keys plaid", "keys snaptrade", "planner")} == {"ok"}
    assert lines["alarms"]["found"] != "There are none."


def test_stories_are_told_of_what_is_there(running: Deployed) -> None:
    connection_id = running.link("olga")
    story = running.operate({"operation": "explain", "id": connection_id, "user_id": "olga"})
    assert "It belongs to user olga." in story["text"]


def test_dead_letters_are_moved_and_thrown_away(running: Deployed) -> None:
    connection_id = running.link("otto")
    sqs, outputs = running.stack.client("sqs"), running.stack.outputs
    dead = outputs["SnapshotDeadLetterQueueUrl"]
    body = f'{{"user_id":"otto","connection_id":"{connection_id}","reason":"due"}}'
    sqs.send_message(QueueUrl=dead, MessageBody=body, MessageGroupId="g")
    moved = running.operate({"operation": "redrive", "queue": "snapshot"})
    assert moved == {"moved": 1, "deleted": 0, "left": 0}
    sqs.send_message(QueueUrl=outputs[REFRESH_DEAD], MessageBody="{}")
    gone = running.operate({"operation": "purge", "queue": "refresh", "yes": True})
    assert gone == {"moved": 0, "deleted": 1, "left": 0}
    assert running.operate({"operation": "redrive", "queue": "planner"})["left"] == 0
