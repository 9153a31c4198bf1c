"""Users who have linked, and whose removals come to their end."""

import hashlib
from contextlib import suppress
from typing import Any

from freshet.domain.instants import to_text
from tests.e2e.frontend import Frontend
from tests.local_stack.deployed import Deployed
from tests.patience import eventually
from tests.simulators.common.state import utc_now


def linked_at_snaptrade(user: Frontend) -> dict[str, Any]:
    """Link by the portal, and wait until it is read."""
    session = user.open_session(provider="snaptrade")
    user.running.snaptrade.use_portal(session["url"], portfolio=["everyday"])
    return _read(user, "snaptrade")


def linked_at_plaid(user: Frontend) -> dict[str, Any]:
    """Link by a public token, and wait until it is read."""
    session = user.open_session(provider="plaid")
    public_token = user.running.plaid.complete_link(session["link_token"], portfolio=["everyday"])
    assert user.arrive(provider="plaid", public_token=public_token).status == 201
    return _read(user, "plaid")


def removed(user: Frontend, receipt: dict[str, Any]) -> dict[str, Any]:
    """Let the time pass that a removal gives the provider, until the receipt says that it is over.

    What is written in a row as the time of the next step is what passes.
    """
    running = user.running

    def look() -> dict[str, Any]:
        _make_due(running)
        running.plan()
        return dict(user.api.get(f"/v1/erasures/{receipt['id']}").body)

    return eventually(look, until=lambda shown: shown["status"] == "removed")


def rows_of(user: Frontend) -> dict[str, set[str]]:
    """Give the sort keys of all that belongs to a user, by table."""
    return {
        table: {
            row["SK"]["S"]
            for row in user.running.rows(table, "")
            if row["PK"]["S"].partition("#ACCOUNT#")[0] == f"USER#{user.user_id}"
        }
        for table in ("ConnectionsTableName", "SnapshotsTableName")
    }


def has_secret(user: Frontend) -> bool:
    """Tell whether Secrets Manager holds credentials of the user."""
    name = "freshet/users/" + hashlib.sha256(user.user_id.encode()).hexdigest()[:40]
    pages = user.running.stack.client("secretsmanager").get_paginator("list_secrets").paginate()
    return any(each["Name"] == name for page in pages for each in page["SecretList"])


def credentials_in_table(user: Frontend) -> int:
    """Count the credentials that lie encrypted among the user's rows."""
    keys = rows_of(user)["ConnectionsTableName"]
    return sum(key.startswith("CREDENTIAL#") for key in keys)


def holds_credential(user: Frontend) -> bool:
    """Tell whether anything is left that opens what the user has, in either store."""
    return has_secret(user) or credentials_in_table(user) > 0


def _read(user: Frontend, provider: str) -> dict[str, Any]:
    (connection,) = eventually(
        lambda: [each for each in user.connections() if each["provider"] == provider],
        until=lambda found: [each["status"] for each in found] == ["active"],
    )
    assert user.positions(connection)
    return connection


def _make_due(running: Deployed) -> None:
    dynamodb = running.stack.client("dynamodb")
    for row in running.rows("ConnectionsTableName", "RECEIPT"):
        # One that is over by now has no next step.
        with suppress(dynamodb.exceptions.ConditionalCheckFailedException):
            dynamodb.update_item(
                TableName=running.stack.outputs["ConnectionsTableName"],
                Key={name: row[name] for name in ("PK", "SK")},
                UpdateExpression="SET due_at = :now",
                ConditionExpression="attribute_exists(due_at)",
                ExpressionAttributeValues={":now": {"S": to_text(utc_now())}},
            )
