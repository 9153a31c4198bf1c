"""SNAPTRADE_RETIRED_HOLDINGS: an old customer's one call shows what today's two calls show."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.functional.world import World, a_world

_SHOWN = ("positions", "balances", "totals")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch, legacy_endpoints=True) as built:
        yield built


def _shown(world: World, portfolio: str) -> dict[str, dict[str, Any]]:
    """Link and read a connection; give what the API shows of each account, by its name."""
    connection_id, _ = world.link(portfolio=portfolio)
    world.work()
    listed = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    return {each["name"]: _holdings(world, each["id"]) for each in listed}


def _holdings(world: World, account_id: str) -> dict[str, Any]:
    answer = world.call("GET", f"/v1/accounts/{account_id}/holdings").body
    shown = {name: answer[name] for name in _SHOWN}
    # The retired call lists options apart from the rest.
    positions = shown["positions"]
    for each in positions or ():
        del each["id"]  # of another account
    shown["positions"] = None if positions is None else sorted(positions, key=json.dumps)
    return shown


def _requests(world: World, operation: str) -> int:
    counts = world.simulator.control.requests()["operations"].get(operation, {})
    return sum(counts.values())


@pytest.mark.parametrize("portfolio", ["complete", "starter", "odd"])
def test_same_holdings_are_shown_when_they_are_read_by_the_retired_call(
    world: World, monkeypatch: pytest.MonkeyPatch, portfolio: str
) -> None:
    current = _shown(world, portfolio)
    assert _requests(world, "account_holdings") == 0
    asked = _requests(world, "positions"), _requests(world, "balances")
    monkeypatch.setenv("SNAPTRADE_RETIRED_HOLDINGS", "yes")
    world.restart()
    assert _shown(world, portfolio) == current
    assert any(each["positions"] for each in current.values())
    assert (_requests(world, "positions"), _requests(world, "balances")) == asked
    assert _requests(world, "account_holdings") == asked[0]
