"""Webhooks of connections nobody knows yet, on the deployed stack: they wait, or make it known."""

from typing import Any

from tests.local_stack.deployed import Deployed
from tests.patience import eventually

# What the sort keys of the two rows of a waiting event begin with.
PARKED, CLAIMED = "OF#", "INBOX"


def _about(running: Deployed, prefix: str, provider_connection_id: str) -> list[dict[str, Any]]:
    return [
        row
        for row in running.rows("ConnectionsTableName", prefix)
        if row.get("provider_connection_id", {}).get("S") == provider_connection_id
    ]


def _positions(running: Deployed, user_id: str, connection_id: str) -> list[Any]:
    """What the API shows of the one account of a connection; nothing before its first read."""
    api = running.api(user_id)
    accounts = api.items(f"/v1/connections/{connection_id}/accounts")
    return [
        position
        for account in accounts
        for position in api.get(f"/v1/accounts/{account['id']}/holdings").body["positions"] or []
    ]


def test_event_waits_and_is_worked_when_its_connection_is_registered(running: Deployed) -> None:
    user = running.snaptrade.add_user("snaptrade-tess")
    made = running.snaptrade.add_connection(user.user_id, announce=False, portfolio=["everyday"])
    running.snaptrade.send_webhook(
        made.connection_id, "ACCOUNT_HOLDINGS_UPDATED", account_id=made.account_ids[0]
    )
    (waiting,) = eventually(lambda: _about(running, PARKED, made.connection_id), until=bool)
    assert "taken_at" not in waiting

    registered = running.operate(
        {
            "operation": "register_connection",
            "user_id": "tess",
            "provider": "snaptrade",
            "provider_connection_id": made.connection_id,
            "credential": {"user_id": user.user_id, "user_secret": user.user_secret},
        }
    )
    (taken,) = _about(running, PARKED, made.connection_id)
    assert "taken_at" in taken
    (event,) = _about(running, CLAIMED, made.connection_id)
    assert event["owner_connection_id"]["S"] == registered["connection_id"]
    assert eventually(
        lambda: _positions(running, "tess", registered["connection_id"]),
        until=bool,
    )


def test_connection_is_adopted_and_shown_when_a_known_user_has_added_it(running: Deployed) -> None:
    first = running.link("ugo", portfolio=["everyday"])
    running.snaptrade.add_connection("snaptrade-ugo", portfolio=["everyday"])

    def adopted() -> list[str]:
        found = running.api("ugo").items("/v1/connections")
        return [each["id"] for each in found if each["id"] != first]

    (second,) = eventually(adopted, until=bool)
    assert eventually(lambda: _positions(running, "ugo", second), until=bool)
