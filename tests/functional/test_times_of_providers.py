"""Times at the ends of the calendar in a provider's answers: unknown, and nothing else is lost."""

from typing import Any

import pytest

from tests.functional.moving_time import set_clock
from tests.functional.spoiling import Change, Spoiling
from tests.functional.world import World, a_world

NO_TIMES = ("0001-01-01T00:00:00+14:00", "0001-01-01", "9999-12-31T23:59:59-14:00", "9999-12-31")
PLACES = [
    ("accounts", ("sync_status", "holdings", "last_successful_sync")),
    ("accounts", ("sync_status", "transactions", "last_successful_sync")),
    ("positions", ("data_freshness", "as_of")),
    ("activities", ("trade_date",)),
    ("activities", ("settlement_date",)),
    ("item", ("status", "investments", "last_successful_update")),
    ("item", ("item", "consent_expiration_time")),
]


def _setting(path: tuple[str, ...], text: str) -> Change:
    """Set a time in an answer, or in each line of it."""

    def change(document: Any) -> None:
        lines = document if isinstance(document, list) else document.get("data", [document])
        for above in lines:
            for name in path[:-1]:
                above = above[name]  # noqa: PLW2901
            above[path[-1]] = text

    return change


@pytest.mark.sampled(4, by="zone")
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
@pytest.mark.parametrize(("operation", "path"), PLACES)
def test_all_is_shown_and_read_again_when_a_time_is_at_the_end_of_the_calendar(
    monkeypatch: pytest.MonkeyPatch, operation: str, path: tuple[str, ...], zone: str
) -> None:
    clock, spoiling = set_clock(monkeypatch), Spoiling.over(monkeypatch)
    spoiling.operation = operation
    with a_world(monkeypatch, clock=clock) as world:
        monkeypatch.setenv("REPORTING_TIME_ZONE", zone)
        link = world.link_item if operation == "item" else world.link
        for number, text in enumerate(NO_TIMES):
            spoiling.change, user = _setting(path, text), f"user-{number}"
            connection, _ = link(portfolio=["everyday"], user_id=user)
            world.work()
            _demand_all(world, connection, user)
            clock.advance(days=2)
            world.plan()
            world.work()
            _demand_all(world, connection, user)
        assert spoiling.spoilt >= len(NO_TIMES)


def _demand_all(world: World, connection: str, user: str) -> None:
    found = world.call("GET", f"/v1/connections/{connection}", user_id=user).body
    assert found["status"] == "active", found
    accounts = world.call("GET", f"/v1/connections/{connection}/accounts", user_id=user).body
    assert accounts["items"]
    for account in accounts["items"]:
        for name in ("holdings", "transactions", "snapshots", "changes", "history"):
            path = f"/v1/accounts/{account['id']}/{name}"
            shown = world.call("GET", path, user_id=user)
            assert shown.status == 200
            told = shown.text + str(account)
            assert "0001-01" not in told
            assert "9999-12" not in told
        assert world.call("GET", f"/v1/accounts/{account['id']}/holdings", user_id=user).body[
            "positions"
        ]
    assert world.call("GET", "/v1/portfolio", user_id=user).status == 200
