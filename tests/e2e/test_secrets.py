"""No secret is to be seen at any moment of a user's life with us; when all is over, all is seen."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from freshet.adapters.dynamodb.compression import pack
from tests.e2e.evidence import evidence_of, secrets_of
from tests.e2e.frontend import Frontend
from tests.e2e.webhooks import plaid_tells
from tests.leaks import leaks
from tests.local_stack.api_client import ApiAnswer
from tests.local_stack.deployed import Deployed
from tests.patience import eventually


@contextmanager
def workers_resting(running: Deployed) -> Iterator[None]:
    """Let nobody take messages from the queues, so that they can be looked at."""
    functions = running.stack.client("lambda")
    mappings = [
        each["UUID"] for each in functions.list_event_source_mappings()["EventSourceMappings"]
    ]
    for mapping in mappings:
        functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        for mapping in mappings:
            functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def test_no_secret_is_in_messages_logs_rows_or_answers_while_users_link_and_leave(
    running: Deployed,
) -> None:
    user = Frontend(running, "kurt")
    with workers_resting(running):
        portal = user.open_session(provider="snaptrade")
        link = user.open_session(provider="plaid")
        running.snaptrade.use_portal(portal["url"], portfolio=["everyday"])
        public_token = running.plaid.complete_link(link["link_token"], portfolio=["everyday"])
        came = [
            user.arrive(provider="snaptrade", link_session_id=portal["id"], state=portal["state"]),
            user.arrive(provider="plaid", public_token=public_token, link_session_id=link["id"]),
            user.arrive(provider="plaid", public_token=f"{public_token}-of-nobody"),
        ]
        assert [each.status for each in came] == [201, 201, 422]
        connection_id = came[1].body["id"]
        item_id = came[1].body["provider_ids"]["connection"]
        plaid_tells(running, item_id)
        theirs = came[0].body["provider_ids"]["connection"]
        eventually(
            lambda: [each for each in running.snaptrade.deliveries() if _is_about(each, theirs)],
            until=_all_arrived,
        )
        assert user.api.call("DELETE", f"/v1/connections/{connection_id}").status == 202
        seen = evidence_of(running)
        assert leaks(seen, secrets_of(running)) == []
    # What was looked at is what was to be looked at: each of these can be seen in its place.
    marks = {
        "erasure_id": "queues",
        '"reason":"first_load"': "queues",
        item_id: "queues",
        "CONNECTION_ADDED": "queues",
        f"USER#{user.user_id}": "rows",
        connection_id: "answers",
        "Request failed at the provider": "function logs",
    }
    for mark, place in marks.items():
        assert leaks({place: seen[place]}, {"mark": mark}), f"{mark} in {place}"


def _is_about(delivery: dict[str, Any], connection_id: str) -> bool:
    return bool(delivery["connection_id"] == connection_id)


def _all_arrived(deliveries: list[dict[str, Any]]) -> bool:
    return {each["status"] for each in deliveries} == {"delivered"}


def test_secret_is_found_in_each_place_when_it_is_put_there(running: Deployed) -> None:
    secret = "3f0b6c1e-58a7-4b1f-9a53-1c2d3e4f5a6b"
    client = running.stack.client
    kept = json.dumps({"kept": secret})
    row = {"PK": {"S": "PLANTED"}, "SK": {"S": "LATEST"}, "document": {"B": pack(kept)}}
    client("dynamodb").put_item(TableName=running.stack.outputs["SnapshotsTableName"], Item=row)
    queue_url = client("sqs").create_queue(QueueName="planted")["QueueUrl"]
    body = json.dumps({"body": base64.b64encode(kept.encode()).decode()})
    client("sqs").send_message(QueueUrl=queue_url, MessageBody=body)
    function = client("lambda").get_function_configuration(
        FunctionName=running.stack.outputs["ApiFunctionName"]
    )
    stream = {"logGroupName": function["LoggingConfig"]["LogGroup"], "logStreamName": "planted"}
    client("logs").create_log_stream(**stream)
    event = {"timestamp": int(time.time() * 1000), "message": json.dumps({"log": kept})}
    client("logs").put_log_events(**stream, logEvents=[event])
    running.answers.append(("GET /v1/connections", ApiAnswer(200, {"ETag": secret}, {})))
    places = ["rows", "queues", "function logs", "answers"]
    seen = evidence_of(running)
    running.answers.pop()  # it is judged by the document in the end, and was no answer
    assert leaks(seen, {"secret": secret}) == [f"secret in {place}" for place in places]
