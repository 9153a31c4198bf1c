"""A worker's process ends between the purchase and its record: no second bill, nothing stuck."""

import json
from datetime import UTC, datetime

from freshet.domain.instants import to_text
from tests.local_stack.deployed import Deployed
from tests.patience import eventually


def _row(running: Deployed, connection_id: str) -> dict[str, str]:
    rows = running.rows("ConnectionsTableName", f"REFRESH#{connection_id}")
    return {name: next(iter(value.values())) for row in rows for name, value in row.items()}


def _end_fence(running: Deployed, row: dict[str, str]) -> None:
    """Let the time pass in which the dead worker may still be at it."""
    running.stack.client("dynamodb").update_item(
        TableName=running.stack.outputs["ConnectionsTableName"],
        Key={"PK": {"S": row["PK"]}, "SK": {"S": row["SK"]}},
        UpdateExpression="SET calling_until = :now",
        ExpressionAttributeValues={":now": {"S": to_text(datetime.now(UTC))}},
    )


def test_a_worker_killed_in_mid_purchase_is_not_followed_by_a_second_one(
    running: Deployed,
) -> None:
    billed = running.snaptrade.bill().count
    connection_id = running.link("lea", refresh_every="PT24H", portfolio=["everyday"])
    shown = eventually(
        lambda: running.api("lea").get(f"/v1/connections/{connection_id}").body,
        until=lambda connection: connection["status"] == "active",
    )
    running.snaptrade.add_fault(
        "refresh", "latency", seconds=4, connection_id=shown["provider_ids"]["connection"], times=1
    )
    running.plan()
    eventually(running.snaptrade.bill, until=lambda bill: bill.count == billed + 1)
    assert running.kill("RefreshConnectionFunctionName") > 0
    row = _row(running, connection_id)
    assert row["status"] == "calling"

    command = {
        "user_id": "lea",
        "connection_id": connection_id,
        "refresh_id": row["id"],
        "trigger": "schedule",
        "actor": "schedule",
    }

    def redeliver() -> dict[str, str]:
        running.stack.client("sqs").send_message(
            QueueUrl=running.stack.outputs["RefreshQueueUrl"], MessageBody=json.dumps(command)
        )
        return _row(running, connection_id)

    # Inside the fence the redelivered command leaves the call alone; after it, the reader decides.
    hidden = running.queued("RefreshQueueUrl")  # the dead worker's own message
    redeliver()
    eventually(lambda: running.queued("RefreshQueueUrl"), until=lambda number: number == hidden)
    assert _row(running, connection_id)["status"] == "calling"
    _end_fence(running, row)
    eventually(redeliver, until=lambda each: each["status"] == "complete")
    assert running.snaptrade.bill().count == billed + 1
    assert running.booked() == running.billed()
