"""All of a user's connections at once: POST /v1/refreshes."""

from decimal import Decimal
from typing import Any

from tests.functional.world import Answer, World

STRANGER = "user-2"


def _refresh_all(world: World, **request: Any) -> Any:
    return world.call("POST", "/v1/refreshes", **request)


def _by_connection(answer: Answer) -> dict[str, Any]:
    return {each["connection_id"]: each for each in answer.body["items"]}


def test_everything_is_queued_read_or_refused_each_for_itself(world: World) -> None:
    delayed, realtime = world.link()[0], world.link(mode="realtime")[0]
    broken, item = world.link(mode="disabled")[0], world.link_item(portfolio=["everyday"])[0]
    foreign, _ = world.link(user_id=STRANGER)
    world.work()
    answer = _refresh_all(world)
    items = _by_connection(answer)
    assert answer.status == 202
    assert foreign not in items
    for connection_id, price in ((delayed, "0.05"), (item, "0.12")):
        refresh = items[connection_id]["refresh"]
        assert (refresh["status"], refresh["cost"]["amount"]) == ("reserved", price)
        assert items[connection_id]["problem"] is None
    assert items[realtime]["refresh"]["method"] == "read"
    assert items[broken]["refresh"] is None
    problem = items[broken]["problem"]
    assert (problem["status"], problem["code"]) == (402, "connection_needs_user")
    assert problem["user_action"]["body"] == {"connection_id": broken}
    assert world.simulator.control.bill().count == 0


def test_what_was_queued_is_bought_once_and_finished(world: World) -> None:
    connections = [world.link()[0] for _ in range(3)]
    world.work()
    for _ in range(2):
        _refresh_all(world, headers={"idempotency-key": "all-1"})
    world.work()
    assert world.simulator.control.bill().total == Decimal("0.15")
    again = _by_connection(_refresh_all(world, headers={"idempotency-key": "all-1"}))
    for connection_id in connections:
        refresh = again[connection_id]["refresh"]
        assert refresh["joined"] is False
        assert world.call("GET", f"/v1/refreshes/{refresh['id']}").status == 200
    assert world.simulator.control.bill().total == Decimal("0.15")


def test_a_dry_run_of_everything_changes_nothing(world: World) -> None:
    delayed, broken = world.link()[0], world.link(mode="disabled")[0]
    world.work()
    before = world.lasting_rows()
    answer = _refresh_all(world, body='{"dry_run": true}')
    items = _by_connection(answer)
    assert answer.status == 200
    assert items[delayed]["preview"]["cost"] == {"amount": "0.05", "currency": "USD"}
    assert items[delayed]["preview"]["budgets_after"]["user"]["left"] == 19
    assert items[broken]["preview"] is None
    assert items[broken]["problem"]["code"] == "connection_needs_user"
    assert world.lasting_rows() == before
    assert world.messages("refresh") == []


def test_a_key_of_everything_is_not_one_of_a_dry_run(world: World) -> None:
    world.link()
    world.work()
    headers = {"idempotency-key": "all-1"}
    assert _refresh_all(world, headers=headers).status == 202
    refused = _refresh_all(world, headers=headers, body='{"dry_run": true}')
    assert (refused.status, refused.body["code"]) == (422, "idempotency_mismatch")


def test_a_user_without_connections_has_nothing_to_refresh(world: World) -> None:
    answer = _refresh_all(world, user_id=STRANGER)
    assert (answer.status, answer.body) == (202, {"items": []})


def test_everything_needs_the_scope_to_refresh(world: World) -> None:
    answer = _refresh_all(world, scope="freshet/read")
    assert (answer.status, answer.body["code"]) == (403, "missing_scope")


def test_the_providers_refusal_is_told_when_the_key_comes_again(world: World) -> None:
    connection_id, at_provider = world.link()
    world.work()
    world.simulator.control.add_fault(
        "refresh", "status", status=403, code="1141", connection_id=at_provider.connection_id
    )
    headers = {"idempotency-key": "all-1"}
    _refresh_all(world, headers=headers)
    world.work()
    item = _by_connection(_refresh_all(world, headers=headers))[connection_id]
    assert item["refresh"] is None
    assert item["problem"]["code"] == "refresh_not_allowed"
