"""Leaving on the deployed stack: gone at the provider, gone here, and it stays so."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tests.e2e.frontend import Frontend
from tests.e2e.lives import holds_credential, linked_at_plaid, linked_at_snaptrade, removed, rows_of
from tests.local_stack.deployed import Deployed
from tests.patience import eventually
from tests.simulators.plaid import PlaidControlClient
from tests.simulators.snaptrade import ControlClient

QUEUES = ("WebhookQueueUrl", "RefreshQueueUrl", "SnapshotQueueUrl")


def _kinds(keys: Iterable[str]) -> set[str]:
    return {key.partition("#")[0] for key in keys}


def _kinds_that_name(user: Frontend) -> set[str]:
    """What says the user's name for longer than a while, wherever it lies."""
    named = user.user_id
    rows = user.running.rows("ConnectionsTableName", "")
    naming = [row for row in rows if named in json.dumps(row, default=str)]
    return _kinds(row["SK"]["S"] for row in naming if "expires_at" not in row)


def _attempts(deliveries: Iterable[dict[str, Any]]) -> dict[str, int]:
    return {each["webhook_id"]: len(each["attempts"]) for each in deliveries}


def _redeliver(
    provider: ControlClient | PlaidControlClient, told: Sequence[dict[str, Any]]
) -> None:
    before = _attempts(told)
    for webhook_id in before:
        provider.redeliver(webhook_id)
    eventually(
        lambda: _attempts(provider.deliveries()),
        until=lambda now: all(now[each] > count for each, count in before.items()),
    )


def _tell_again(running: Deployed, provider_connection_id: str) -> None:
    """Have the provider repeat all that it ever told of a connection, and wait for the workers."""
    # Looks that were put off for minutes, after repairs, stay in their queue.
    waiting = [running.queued(queue) for queue in QUEUES]
    for provider, name in ((running.snaptrade, "connection_id"), (running.plaid, "item_id")):
        told = [each for each in provider.deliveries() if each[name] == provider_connection_id]
        _redeliver(provider, told)
    eventually(
        lambda: [running.queued(queue) for queue in QUEUES],
        until=lambda now: all(one <= other for one, other in zip(now, waiting, strict=True)),
    )


def test_connection_at_snaptrade_is_gone_for_good_when_its_user_removes_it(
    running: Deployed,
) -> None:
    user = Frontend(running, "fritz")
    connection = linked_at_snaptrade(user)
    assert holds_credential(user)
    provider_connection_id = connection["provider_ids"]["connection"]
    (account, *_) = user.accounts(connection)
    answer = user.api.call("DELETE", f"/v1/connections/{connection['id']}")
    assert (answer.status, answer.body["status"]) == (202, "removing")
    receipt = removed(user, answer.body)
    assert receipt["upstream"]["status"] == "removed"
    assert receipt["provider_user"]["status"] == "removed"
    assert receipt["connections"] == [connection["id"]]
    state = running.snaptrade.state()
    assert provider_connection_id not in {each["connection_id"] for each in state["connections"]}
    rows = rows_of(user)
    assert rows["SnapshotsTableName"] == {"ERASED"}
    kinds = {"ACCOUNTS", "BUDGET", "LEASE", "LINK", "REQUESTS", "PROFILE", "READS"}
    assert _kinds(rows["ConnectionsTableName"]) <= kinds
    assert not holds_credential(user)
    _tell_again(running, provider_connection_id)
    assert rows_of(user)["SnapshotsTableName"] == {"ERASED"}
    assert user.connections() == []
    assert user.api.get(f"/v1/accounts/{account['id']}/holdings").status == 404


def test_item_is_gone_for_good_when_its_user_removes_it(running: Deployed) -> None:
    user = Frontend(running, "gerda")
    connection = linked_at_plaid(user)
    item_id = connection["provider_ids"]["connection"]
    running.plaid.send_webhook(item_id, "HOLDINGS", "DEFAULT_UPDATE")
    answer = user.api.call("DELETE", f"/v1/connections/{connection['id']}")
    assert answer.status == 202
    receipt = removed(user, answer.body)
    assert receipt["upstream"]["status"] == "removed"
    assert item_id not in {each["item_id"] for each in running.plaid.state()["items"]}
    assert not holds_credential(user)
    _tell_again(running, item_id)
    assert rows_of(user)["SnapshotsTableName"] == {"ERASED"}
    assert user.connections() == []


def test_nothing_but_the_receipt_and_the_books_is_left_when_a_user_leaves_during_a_read(
    running: Deployed,
) -> None:
    user = Frontend(running, "heiner")
    linked = [linked_at_snaptrade(user), linked_at_plaid(user)]
    authorization_id, item_id = (each["provider_ids"]["connection"] for each in linked)
    refreshed = user.api.post(f"/v1/connections/{linked[0]['id']}/refresh")
    assert refreshed.status == 202
    (account,) = user.accounts(linked[0])
    running.snaptrade.add_fault(
        "positions", "latency", seconds=2, connection_id=authorization_id, times=1
    )
    read = running.snaptrade.requests()["operations"].get("positions", {})
    running.snaptrade.send_webhook(
        authorization_id,
        "ACCOUNT_HOLDINGS_UPDATED",
        account_id=account["provider_ids"]["account"],
    )
    eventually(lambda: _being_read(user), until=bool)
    answer = user.api.call("DELETE", "/v1/users/me")
    assert (answer.status, answer.body["kind"]) == (202, "user")
    receipt = removed(user, answer.body)
    assert set(receipt["connections"]) == {each["id"] for each in linked}
    assert running.snaptrade.requests()["operations"]["positions"] != read
    rows = rows_of(user)
    assert rows["SnapshotsTableName"] == {"ERASED"}
    assert _kinds(rows["ConnectionsTableName"]) == {"LEDGER"}
    assert not holds_credential(user)
    assert item_id not in {each["item_id"] for each in running.plaid.state()["items"]}
    for each in (authorization_id, item_id):
        _tell_again(running, each)
    after = rows_of(user)
    assert after["SnapshotsTableName"] == {"ERASED"}
    assert _kinds(after["ConnectionsTableName"]) == {"LEDGER"}
    assert _kinds_that_name(user) == {"LEDGER", "OWNER"}


def _being_read(user: Frontend) -> bool:
    rows = user.running.rows("ConnectionsTableName", "CONNECTION#")
    return any("reading_until" in row for row in rows if row["PK"]["S"] == f"USER#{user.user_id}")
