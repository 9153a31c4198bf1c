"""`make examples`: record what the local stack answers, for the document's examples.

Run it when a shape has changed; the file it writes is committed, and the document is made of it.
"""

import json
import re
from typing import Any

from freshet.http.operation import Operation
from freshet.http.resources import operations_with
from freshet.registry import offers
from functions.api.document import EXAMPLES
from tests.e2e.matrix import OWNER, ROWS, body_of, filled, things_of_owner
from tests.local_stack.api_client import ApiClient
from tests.local_stack.deployed import Deployed, deployed
from tests.patience import eventually

OPERATIONS = operations_with(offers())

_LONGEST_LIST = 2
_WANT_A_FRESH_ONE = ("refreshConnection",)  # the other one was refreshed a moment ago
_PORTAL = "https://app.snaptrade.com"
_LAST = ("removeConnection", "removeUser")  # nothing can be asked of what is gone


def record(running: Deployed) -> dict[str, Any]:
    """Ask for everything once: one example for each operation, as {status: body}."""
    api = running.api(OWNER)
    things = things_of_owner(running)
    _change_something(running, api, things)
    fresh = {**things, "connection_id": running.link(OWNER, portfolio=["everyday"])}
    eventually(lambda: api.items(f"/v1/connections/{fresh['connection_id']}/accounts"), until=bool)
    in_order = sorted(OPERATIONS, key=lambda each: each.id in _LAST)
    return {
        each.id: _example(api, each, fresh if each.id in _WANT_A_FRESH_ONE else things)
        for each in in_order
    }


def _example(api: ApiClient, operation: Operation, things: dict[str, str]) -> dict[str, Any]:
    row = ROWS[operation.id]
    body = body_of(row, things)
    if operation.id == "finishLink":
        connection = api.get(f"/v1/connections/{things['connection_id']}").body
        named = connection["provider_ids"]["connection"]
        body = {"provider": "snaptrade", "provider_connection_id": named}
    answer = api.call(
        operation.verb,
        filled(operation.path + row.query, things),
        data=json.dumps(body).encode() if body else None,
    )
    return {str(answer.status): _shortened(answer.body)}


def _change_something(running: Deployed, api: ApiClient, things: dict[str, str]) -> None:
    path = f"/v1/accounts/{things['account_id']}"
    positions = eventually(lambda: api.get(f"{path}/holdings").body["positions"], until=bool)
    connection = api.get(f"/v1/connections/{things['connection_id']}").body
    (account, *_) = api.items(f"/v1/connections/{things['connection_id']}/accounts")
    provider_account_id = account["provider_ids"]["account"]
    line = {
        "instrument": {"kind": "etf", "id": "i-1", "symbol": "ACME"},
        "units": f"{len(positions)}.5",
        "price": "101.20",
        "currency": "USD",
    }
    running.snaptrade.replace_holdings(provider_account_id, positions=[line])
    running.snaptrade.send_webhook(
        connection["provider_ids"]["connection"],
        "ACCOUNT_HOLDINGS_UPDATED",
        account_id=provider_account_id,
    )
    eventually(lambda: api.items(f"{path}/changes"), until=bool)


def _shortened(body: Any) -> Any:
    if isinstance(body, list):
        return [_shortened(each) for each in body[:_LONGEST_LIST]]
    if isinstance(body, dict):
        return {name: _shortened(value) for name, value in body.items()}
    # Where the simulator happened to listen says nothing to anybody.
    return re.sub(r"^http://127\.0\.0\.1:\d+", _PORTAL, body) if isinstance(body, str) else body


if __name__ == "__main__":
    with deployed(progress=print) as stack:
        EXAMPLES.write_text(json.dumps(record(stack), indent=1, ensure_ascii=False) + "\n")
