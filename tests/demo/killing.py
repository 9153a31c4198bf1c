"""A worker that dies between the purchase and its record."""

import json
from typing import Any

from tests.demo.stage import Victim
from tests.demo.waiting import awaited

_SLOW_SECONDS = 9
_PATIENCE_SECONDS = 100.0


def kill_in_mid_purchase(victim: Victim) -> tuple[dict[str, Any], int]:
    """Ask for a refresh, and kill its worker once the provider has billed it.

    Gives the refresh as the dead worker left it, and how many processes ended.
    """
    running = victim.running
    running.snaptrade.add_fault(
        "refresh", "latency", seconds=_SLOW_SECONDS, connection_id=victim.theirs, times=1
    )
    # Everything at once is queued for the worker; one alone would be bought in place.
    victim.api.post("/v1/refreshes")
    awaited(victim.billed, until=bool)
    killed = victim.running.kill("RefreshConnectionFunctionName")
    return victim.refreshes()[0], killed


def outcome(victim: Victim, refresh_id: str) -> str:
    """Deliver the command again until the refresh is over; give its status."""

    def redeliver() -> Any:
        command = {
            "user_id": victim.user_id,
            "connection_id": victim.connection_id,
            "refresh_id": refresh_id,
            "trigger": "user",
            "actor": victim.user_id,
        }
        victim.running.stack.client("sqs").send_message(
            QueueUrl=victim.running.stack.outputs["RefreshQueueUrl"],
            MessageBody=json.dumps(command),
        )
        return victim.api.get(f"/v1/refreshes/{refresh_id}").body

    seen = awaited(redeliver, until=lambda each: each["is_terminal"])
    return str(seen["status"])
