"""A firewall's pages and a provider's slips, through the real handlers: nobody must link again."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.functional.moving_time import MovingClock, set_clock
from tests.functional.world import World, a_world
from tests.simulators.snaptrade.control_answers import SimulatedConnection

USERS = [f"user-{number}" for number in range(5)]


class Scene:
    """Users with a connection each, and time that passes."""

    def __init__(self, world: World, clock: MovingClock) -> None:
        self.world, self.clock = world, clock
        self.links: dict[str, tuple[str, SimulatedConnection]] = {}

    def link(self, *users: str) -> None:
        for user in users:
            self.links[user] = self.world.link(user_id=user, portfolio=["everyday"])
        self.world.work()

    def pass_hours(self, hours: float, *, every: int = 5) -> None:
        for _ in range(int(hours * 60 / every)):
            self.clock.advance(minutes=every)
            self.world.plan()
            self.world.work()

    def shown(self, user: str) -> dict[str, Any]:
        path = f"/v1/connections/{self.links[user][0]}"
        return dict(self.world.call("GET", path, user_id=user).body)

    def fault(self, operation: str, kind: str, *, times: int = 1, **details: Any) -> None:
        self.world.simulator.control.add_fault(operation, kind, times=times, **details)

    def press(self, user: str) -> tuple[int, dict[str, Any]]:
        path = f"/v1/connections/{self.links[user][0]}/refresh"
        answer = self.world.call("POST", path, user_id=user)
        return answer.status, dict(answer.body)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock) as world:
        yield Scene(world, clock)


@pytest.mark.sampled(3, by="operation")
@pytest.mark.parametrize("kind", ["html", "empty"])
@pytest.mark.parametrize("operation", ["get_connection", "list_accounts", "positions"])
@pytest.mark.parametrize("status", [402, 404])
def test_page_of_a_firewall_is_trouble_of_the_moment(
    scene: Scene, operation: str, kind: str, status: int
) -> None:
    scene.link(*USERS)
    scene.fault(operation, kind, status=status, times=5)
    scene.pass_hours(25, every=60)
    assert {scene.shown(user)["status"] for user in USERS} <= {"active", "degraded"}
    scene.pass_hours(14, every=60)
    assert {scene.shown(user)["status"] for user in USERS} == {"active"}


@pytest.mark.parametrize("status", [403, 404])
def test_purchase_goes_on_when_a_firewall_answered_one(scene: Scene, status: int) -> None:
    scene.link("user-0")
    scene.fault("refresh", "html", status=status)
    first, _ = scene.press("user-0")
    assert first in (202, 503)
    scene.pass_hours(1)
    bought, body = scene.press("user-0")
    assert (bought, body["status"]) == (202, "accepted")


def test_connection_stays_when_the_users_list_still_has_it(scene: Scene) -> None:
    scene.link("user-0")
    scene.fault("get_connection", "status", status=404, code="1011", times=0)
    scene.pass_hours(30, every=30)
    assert scene.shown("user-0")["status"] == "degraded"
    scene.world.simulator.control.clear_faults()
    scene.pass_hours(13, every=30)
    assert scene.shown("user-0")["status"] == "active"


def test_shared_connection_is_remembered_when_the_list_has_it(scene: Scene) -> None:
    scene.link("user-0")
    scene.fault("refresh", "status", status=404, code="1011")
    status, body = scene.press("user-0")
    assert (status, body["code"], body["detail"]) == (403, "refresh_not_allowed", "shared")
    scene.pass_hours(2)
    # From now on a press is answered by a free read.
    status, body = scene.press("user-0")
    assert (status, body["method"]) == (202, "read")


def test_other_connections_are_bought_when_one_is_told_to_wait(scene: Scene) -> None:
    scene.link("user-0", "user-1")
    scene.fault("refresh", "status", status=429, fields={"code": None}, seconds=240)
    limited, body = scene.press("user-0")
    assert (limited, body["code"]) == (429, "rate_limited")
    assert scene.press("user-1")[0] == 202
    again, body = scene.press("user-0")
    assert (again, body["code"]) == (429, "refresh_too_soon")
    assert 0 < body["retry_after"] <= 240
    scene.clock.advance(seconds=241)
    assert scene.press("user-0")[0] == 202
