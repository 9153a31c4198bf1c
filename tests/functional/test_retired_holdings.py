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


def test_null_part_is_unknown_and_not_empty(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAPTRADE_RETIRED_HOLDINGS", "yes")
    world.restart()
    world.simulator.control.turn(retired_nulls=["positions"])
    connection_id, at_provider = world.link(portfolio=["everyday"])
    world.work()
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    path = f"/v1/accounts/{account['id']}/holdings"
    shown = world.call("GET", path).body
    assert (shown["positions"], shown["totals"]) == (None, None)
    assert [each["cash"] for each in shown["balances"]] == ["1500.71"]
    told = shown["reconciliation"]
    assert (told["status"], told["computed"], told["reasons"]) == ("differs", None, ["unreadable"])
    assert shown["freshness"]["reason"] == "partly_unreadable"
    portfolio = world.call("GET", "/v1/portfolio", query={"include": "positions"}).body
    assert [each["positions"] for each in portfolio["accounts"]] == [None]
    assert portfolio["reconciliation"]["status"] == "differs"

    world.simulator.control.turn(retired_nulls=[])
    _read_again(world, at_provider.connection_id)
    whole = world.call("GET", path).body
    assert len(whole["positions"]) == 4
    assert whole["reconciliation"]["status"] == "agrees"

    world.simulator.control.turn(retired_nulls=["positions", "balances"])
    _read_again(world, at_provider.connection_id)
    kept = world.call("GET", path).body
    assert kept["totals"][0]["total"] == whole["totals"][0]["total"]
    assert {each["numbers"] for each in kept["positions"]} == {"last_known"}
    assert kept["freshness"]["fetched_at"] == whole["freshness"]["fetched_at"]
    assert len(world.call("GET", f"/v1/accounts/{account['id']}/snapshots").body["items"]) == 2


def _read_again(world: World, connection_id: str) -> None:
    """Read all of a connection, as if everything about it had just been announced."""
    event = {"operation": "replay_webhooks", "provider": "snaptrade"}
    world.operate(event | {"provider_connection_id": connection_id})
    world.work()
