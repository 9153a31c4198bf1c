"""Existing users taken in by an operator, and the audit, on the deployed stack."""

import json
from typing import Any

from tests.e2e.frontend import Frontend
from tests.e2e.standing import IMPORTS
from tests.local_stack.deployed import Deployed
from tests.patience import eventually


def _lines(running: Deployed, user_id: str) -> list[dict[str, Any]]:
    """A user with two connections at SnapTrade and one at Plaid, and one whose secret is wrong."""
    known = running.snaptrade.add_user(f"imported-{user_id}")
    for _ in range(2):
        running.snaptrade.add_connection(known.user_id, portfolio=["everyday"], announce=False)
    item = running.plaid.add_item(portfolio=["everyday"])
    credential = {"user_id": known.user_id, "user_secret": known.user_secret}
    wrong = credential | {"user_secret": "wrong"}
    return [
        {"provider": "snaptrade", "user_id": user_id, "credential": credential},
        {"provider": "snaptrade", "user_id": f"{user_id}-2", "credential": wrong},
        {
            "provider": "plaid",
            "user_id": user_id,
            "credential": {"access_token": item.access_token},
        },
    ]


def _demand_imported(running: Deployed, user_id: str, answer: Any) -> None:
    results = answer["results"]
    assert [each["status"] for each in results] == ["imported", "failed", "imported"]
    assert [len(each.get("connections", ())) for each in results] == [2, 0, 1]
    user = Frontend(running, user_id)
    shown = eventually(
        user.connections, until=lambda found: [each["status"] for each in found] == ["active"] * 3
    )
    assert all(user.positions(each) for each in shown)
    assert Frontend(running, f"{user_id}-2").connections() == []


def test_users_come_in_when_an_operator_names_them(running: Deployed) -> None:
    event = {"operation": "import_connections", "lines": _lines(running, "ingo")}
    _demand_imported(running, "ingo", running.operate(event))
    again = running.operate(event)
    assert [each["status"] for each in again["results"]] == ["imported", "failed", "imported"]
    assert len(Frontend(running, "ingo").connections()) == 3


def test_users_come_in_from_an_object_in_the_bucket_of_the_deployment(running: Deployed) -> None:
    s3, lines = running.stack.client("s3"), _lines(running, "jutta")
    for bucket in (IMPORTS, "anothers"):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(
            Bucket=bucket, Key="users.jsonl", Body="\n".join(map(json.dumps, lines)).encode()
        )
    event = {"operation": "import_connections", "bucket": IMPORTS, "key": "users.jsonl"}
    for place in ({"key": "missing.jsonl"}, {"bucket": "anothers"}):
        assert running.operate(event | place)["error"]["code"] == "not_found"
    _demand_imported(running, "jutta", running.operate(event))


def test_audit_names_a_stranger_and_leaves_it_alone(running: Deployed) -> None:
    stranger = running.snaptrade.add_user("stranger").user_id
    assert running.invoke("TakeSnapshotsFunctionName", {"audit": "snaptrade"})["findings"] >= 1
    shown = running.operate({"operation": "show_audit", "provider": "snaptrade"})
    found = {each["subject"]: each["kind"] for each in shown["findings"]}
    assert found[stranger] == "unknown_user"
    assert stranger in {each["user_id"] for each in running.snaptrade.state()["users"]}
