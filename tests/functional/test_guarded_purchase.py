"""Money: bought once, never for nothing, on record before it is spent."""

from decimal import Decimal

import pytest

from tests.functional.world import World

ONE_REFRESH = Decimal("0.05")


def _ledger(world: World) -> Decimal:
    rows = [row for row in world.rows("USER#") if row["SK"]["S"].startswith("LEDGER#")]
    return sum((Decimal(row["cost"]["M"]["amount"]["S"]) for row in rows), Decimal(0))


def _bill(world: World) -> Decimal:
    return world.simulator.control.bill().total


def test_a_redelivered_command_buys_nothing_more(world: World) -> None:
    world.link(refresh_every="PT24H")
    world.work()
    world.plan()
    (command,) = world.messages("refresh")
    for _ in range(3):
        assert world.redeliver("refresh", command) == {"batchItemFailures": []}
    assert _bill(world) == _ledger(world) == ONE_REFRESH


def test_pressing_refresh_buys_in_place_and_answers_with_the_verdict(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    answer = world.call("POST", f"/v1/connections/{connection_id}/refresh")
    assert answer.status == 202
    assert answer.body["status"] == "accepted"
    assert answer.body["method"] == "purchase"
    assert answer.headers["Location"] == f"/v1/refreshes/{answer.body['id']}"
    assert _bill(world) == _ledger(world) == ONE_REFRESH


def test_pressing_refresh_twice_joins_the_first(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    first = world.call("POST", f"/v1/connections/{connection_id}/refresh").body
    second = world.call("POST", f"/v1/connections/{connection_id}/refresh").body
    assert second["id"] == first["id"]
    assert second["joined"] is True
    assert _bill(world) == ONE_REFRESH


def test_the_same_idempotency_key_gives_the_same_refresh(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    path, headers = f"/v1/connections/{connection_id}/refresh", {"idempotency-key": "press-1"}
    first = world.call("POST", path, headers=headers).body
    again = world.call("POST", path, headers=headers).body
    assert again["id"] == first["id"]
    assert again["joined"] is False
    assert _bill(world) == ONE_REFRESH


def test_a_realtime_connection_is_read_for_free(world: World) -> None:
    connection_id, _ = world.link(mode="realtime", refresh_every="PT24H")
    world.work()
    answer = world.call("POST", f"/v1/connections/{connection_id}/refresh")
    assert answer.status == 202
    assert answer.body["method"] == "read"
    assert answer.body["cost"] == {"amount": "0", "currency": "USD"}
    world.work()
    finished = world.call("GET", f"/v1/refreshes/{answer.body['id']}").body
    assert finished["status"] == "complete"
    assert _bill(world) == 0


def test_a_disabled_connection_needs_its_user_and_costs_nothing(world: World) -> None:
    connection_id, _ = world.link(mode="disabled", refresh_every="PT24H")
    world.work()
    shown = world.call("GET", f"/v1/connections/{connection_id}").body
    assert shown["status"] == "needs_user"
    assert shown["user_action"]["body"] == {"connection_id": connection_id}
    assert world.plan() == 0
    refused = world.call("POST", f"/v1/connections/{connection_id}/refresh")
    assert refused.status == 402
    assert refused.body["code"] == "connection_needs_user"
    assert _bill(world) == 0


def test_a_worker_that_dies_after_the_call_never_leads_to_a_second_one(
    world: World,
) -> None:
    # The call goes out and is billed; the answer never comes, as if the worker had died then.
    connection_id, at_provider = world.link(refresh_every="PT24H")
    world.work()
    world.simulator.control.add_fault(
        "refresh", "accept_then_drop", connection_id=at_provider.connection_id, times=1
    )
    world.plan()
    (command,) = world.messages("refresh")
    for _ in range(2):
        world.redeliver("refresh", command)
    assert _bill(world) == _ledger(world) == ONE_REFRESH
    for received in world.webhooks("ACCOUNT_HOLDINGS_UPDATED", len(at_provider.account_ids)):
        world.deliver(received)
    world.work()
    (row,) = [row for row in world.rows("USER#") if row["SK"]["S"].startswith("REFRESH#")]
    assert row["status"]["S"] == "complete"
    assert _bill(world) == _ledger(world) == ONE_REFRESH
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status"] == "active"


def test_a_budget_that_is_used_up_refuses_and_names_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOYMENT_MONTHLY_BUDGET_USD", "0.05")
    connections = [world.link()[0], world.link()[0]]
    world.work()
    first, second = (world.call("POST", f"/v1/connections/{each}/refresh") for each in connections)
    assert first.status == 202
    assert second.status == 429
    assert second.body["code"] == "budget_exhausted"
    assert int(second.headers["Retry-After"]) > 0
    assert _bill(world) == ONE_REFRESH


def test_a_command_for_a_connection_that_is_gone_ends_quietly(world: World) -> None:
    world.link(refresh_every="PT24H")
    world.work()
    world.plan()
    (command,) = world.messages("refresh")
    gone = command.replace('"user_id":"user-1"', '"user_id":"user-9"')
    assert world.redeliver("refresh", gone) == {"batchItemFailures": []}
    assert _bill(world) == 0
