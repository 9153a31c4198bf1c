"""A worker's process ends between the purchase and its record: no second bill, nothing stuck."""

import json

from tests.local_stack.deployed import Deployed
from tests.patience import eventually


def _row(running: Deployed, connection_id: str) -> dict[str, str]:
    rows = running.rows("ConnectionsTableName", f"REFRESH#{connection_id}")
    return {name: next(iter(value.values())) for row in rows for name, value in row.items()}


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
        "refresh", "latency", seconds=9, connection_id=shown["provider_ids"]["connection"], times=1
    )
    running.plan()
    eventually(running.snaptrade.bill, until=lambda bill: bill.count == billed + 1)
    assert running.kill("RefreshConnectionFunctionName") > 0
    row = _row(running, connection_id)
    assert row["status"] == "calling"

    order = {
        "user_id": "lea",
        "connection_id": connection_id,
        "refresh_id": row["id"],
        "trigger": "schedule",
        "actor": "schedule",
    }

    def redeliver() -> dict[str, str]:
        running.stack.client("sqs").send_message(
            QueueUrl=running.stack.outputs["RefreshQueueUrl"], MessageBody=json.dumps(order)
        )
        return _row(running, connection_id)

    # Inside the fence the redelivered order leaves the call alone; after it, the reader decides.
    eventually(redeliver, until=lambda each: each["status"] == "complete")
    assert running.snaptrade.bill().count == billed + 1
    assert running.booked() == running.billed()
