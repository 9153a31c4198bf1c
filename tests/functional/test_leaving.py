"""A connection leaves, or a user: gone at the provider, gone here, and a receipt that stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from tests.functional.linking import open_session
from tests.functional.moving_time import MovingClock, set_clock
from tests.functional.world import USER, Answer, World, a_world

LINK = "freshet/read freshet/refresh freshet/link"
NOT_FOUND = 404
TURNS = 12


@dataclass(slots=True)
class Leaving:
    """A world, and the time that passes in it."""

    world: World
    clock: MovingClock

    def delete(self, path: str, *, user_id: str = USER) -> Answer:
        """Ask for a removal as the user's app does."""
        return self.world.call("DELETE", path, user_id=user_id, scope=LINK)

    def receipt(self, erasure_id: str, *, user_id: str = USER) -> Any:
        """Read the receipt."""
        answer = self.world.call("GET", f"/v1/erasures/{erasure_id}", user_id=user_id)
        return answer.body if answer.status == 200 else answer.status

    def settle(self) -> None:
        """Let an hour pass, with the planner's turns in it."""
        self.world.work()
        for _ in range(TURNS):
            self.clock.advance(minutes=5)
            self.world.plan()
            self.world.work()


@pytest.fixture
def leaving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Leaving]:
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock, deletion_delay_seconds=0) as world:
        yield Leaving(world, clock)


def _kinds(world: World, user_id: str = USER) -> set[str]:
    rows = world.rows(f"USER#{user_id}")
    return {row["SK"]["S"].partition("#")[0] for row in rows}


def _held(world: World, user_id: str = USER) -> set[str]:
    return {row["SK"]["S"] for row in world.rows(f"USER#{user_id}#ACCOUNT#", "snapshots")}


def _secrets() -> int:
    names = [each["Name"] for each in boto3.client("secretsmanager").list_secrets()["SecretList"]]
    return sum(name.startswith("freshet/users/") for name in names)


def test_snaptrade_connection_is_gone_on_both_sides_when_its_user_removes_it(
    leaving: Leaving,
) -> None:
    world = leaving.world
    connection_id, _ = world.link(portfolio=["everyday"])
    world.work()
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    assert world.call("POST", f"/v1/connections/{connection_id}/refresh").status == 202
    path = f"/v1/connections/{connection_id}"

    answer = leaving.delete(path)
    assert (answer.status, answer.body["status"]) == (202, "removing")
    erasure_id = answer.body["id"]
    assert answer.headers["Location"] == f"/v1/erasures/{erasure_id}"
    assert world.call("GET", path).body["status"] == "removing"
    assert leaving.delete(path).body["id"] == erasure_id
    assert world.call("POST", f"{path}/refresh").body["code"] == "connection_removing"

    leaving.settle()
    receipt = leaving.receipt(erasure_id)
    assert (receipt["status"], receipt["upstream"]["status"]) == ("removed", "removed")
    assert receipt["provider_user"]["status"] == "removed"
    assert receipt["erased"]["accounts"] == 1
    assert receipt["connections"] == [connection_id]
    assert world.call("GET", path).status == NOT_FOUND
    assert world.call("GET", f"/v1/accounts/{account['id']}/holdings").status == NOT_FOUND
    assert world.call("GET", "/v1/connections").body["items"] == []
    assert _held(world) == {"ERASED"}
    # Money stays explained; the lease that the erasing took expires by itself.
    # How often accounts came and somebody asked is still known; it names none of them.
    assert _kinds(world) == {"ACCOUNTS", "BUDGET", "LEASE", "LEDGER", "REQUESTS"}
    assert _secrets() == 0
    assert world.simulator.control.state()["connections"] == []
    again = leaving.delete(path)
    assert (again.status, again.body["id"]) == (200, erasure_id)
    assert leaving.receipt(erasure_id, user_id="user-2") == NOT_FOUND


def test_item_and_its_token_are_gone_when_its_user_removes_it(leaving: Leaving) -> None:
    world = leaving.world
    connection_id, _ = world.link_item(portfolio=["everyday"])
    world.work()
    assert _held(world) != set()
    erasure_id = leaving.delete(f"/v1/connections/{connection_id}").body["id"]
    world.work()  # Plaid removes at once: one message does it all
    receipt = leaving.receipt(erasure_id)
    assert (receipt["status"], receipt["upstream"]["status"]) == ("removed", "removed")
    assert receipt["provider_user"] is None
    assert _held(world) == {"ERASED"}
    assert _secrets() == 0


def test_webhook_of_the_deletion_is_all_that_is_waited_for(leaving: Leaving) -> None:
    world = leaving.world
    connection_id, _ = world.link(portfolio=["everyday"])
    world.work()
    erasure_id = leaving.delete(f"/v1/connections/{connection_id}").body["id"]
    world.work()
    assert leaving.receipt(erasure_id)["upstream"]["status"] == "asked"
    (deleted,) = world.webhooks("CONNECTION_DELETED", 1)
    assert world.deliver(deleted) == 200
    world.work()
    world.plan()
    world.work()
    assert leaving.receipt(erasure_id)["upstream"]["status"] == "removed"
    assert world.call("GET", f"/v1/connections/{connection_id}").status == NOT_FOUND
    # Once more, and late: nothing comes back.
    assert world.deliver(deleted) == 200
    leaving.settle()
    assert world.call("GET", "/v1/connections").body["items"] == []


def test_user_leaves_with_everything_and_may_come_back(leaving: Leaving) -> None:
    world = leaving.world
    linked = {world.link(portfolio=["everyday"])[0], world.link_item(portfolio=["everyday"])[0]}
    stranger, _ = world.link(user_id="user-2", portfolio=["everyday"])
    world.work()
    answer = leaving.delete("/v1/users/me")
    assert (answer.status, answer.body["kind"]) == (202, "user")
    assert leaving.delete("/v1/users/me").body["id"] == answer.body["id"]
    leaving.settle()
    receipt = leaving.receipt(answer.body["id"])
    assert (receipt["status"], set(receipt["connections"])) == ("removed", linked)
    assert _kinds(world) <= {"LEDGER"}
    assert world.call("GET", f"/v1/connections/{stranger}", user_id="user-2").status == 200
    assert _secrets() == 1
    again, _ = world.link(portfolio=["everyday"])
    leaving.settle()
    assert world.call("GET", f"/v1/connections/{again}").body["status"] == "active"


def test_user_who_only_opened_the_portal_is_gone_there_too(leaving: Leaving) -> None:
    world = leaving.world
    open_session(world, provider="snaptrade")
    assert len(world.simulator.control.state()["users"]) == 1
    erasure_id = leaving.delete("/v1/users/me").body["id"]
    leaving.settle()
    receipt = leaving.receipt(erasure_id)
    assert (receipt["status"], receipt["provider_user"]["status"]) == ("removed", "removed")
    assert world.simulator.control.state()["users"] == []
    assert _secrets() == 0


@pytest.mark.parametrize("path", ["/v1/users/me", "/v1/connections/con_" + "a" * 24])
def test_nothing_is_removed_when_the_token_may_only_read(leaving: Leaving, path: str) -> None:
    answer = leaving.world.call("DELETE", path, scope="freshet/read freshet/refresh")
    assert (answer.status, answer.body["code"]) == (403, "missing_scope")


@pytest.mark.parametrize("erasure_id", ["era_" + "a" * 24, "con_" + "a" * 24, "x"])
def test_same_nothing_is_found_when_no_such_erasure_exists(
    leaving: Leaving, erasure_id: str
) -> None:
    assert leaving.receipt(erasure_id) == NOT_FOUND
    assert leaving.delete("/v1/connections/con_" + "a" * 24).status == NOT_FOUND
