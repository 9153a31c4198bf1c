"""Reading: what the provider says is stored exactly, and nothing it fails to say is invented."""

from typing import Any

import pytest

from tests.functional.world import World


def _read(world: World, **options: Any) -> tuple[str, Any]:
    connection_id, at_provider = world.link(**options)
    world.work()
    return connection_id, at_provider


def _accounts(world: World, connection_id: str) -> list[dict[str, Any]]:
    found = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    return [account for account in found if account["freshness"]["changed_at"]]


def _holdings(world: World, account: dict[str, Any]) -> dict[str, Any]:
    return dict(world.call("GET", f"/v1/accounts/{account['id']}/holdings").body)


def _turn(world: World, connection_id: str) -> None:
    """Make the connection due and take a turn."""
    world.call("POST", f"/v1/connections/{connection_id}/refresh")
    world.work()


def test_every_kind_of_instrument_comes_through(world: World) -> None:
    connection_id, _ = _read(world, portfolio="complete")
    kinds, currencies = set(), set()
    for account in _accounts(world, connection_id):
        for position in _holdings(world, account)["positions"]:
            kinds.add(position["instrument"]["kind"])
            currencies.add(position["currency"])
    assert {"stock", "etf", "option", "crypto"} <= kinds
    assert {"USD", "CAD"} <= currencies


def test_numbers_are_the_providers_digits(world: World) -> None:
    connection_id, at_provider = _read(world, mode="realtime", portfolio=["empty"])
    (account_id,) = at_provider.account_ids
    position = {
        "instrument": {"kind": "stock", "id": "i-1", "symbol": "AAA", "currency": "USD"},
        "units": "0.12345678901234567",
        "price": "98765.432109876543",
        "currency": "USD",
    }
    world.simulator.control.replace_holdings(account_id, positions=[position], balances=[])
    _turn(world, connection_id)
    (account,) = _accounts(world, connection_id)
    shown = _holdings(world, account)
    assert shown["positions"][0]["units"] == "0.12345678901234567"
    assert shown["positions"][0]["price"] == "98765.432109876543"
    assert shown["positions"][0]["value"] == "12193.26"


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("html", "provider_failed"),
        ("empty", "provider_answer_unreadable"),
        ("truncated", "provider_answer_lost"),
        ("wrong_shape", "provider_answer_unreadable"),
        ("drop", "provider_answer_lost"),
    ],
)
@pytest.mark.parametrize("operation", ["positions", "balances"])
def test_a_bad_answer_changes_no_holdings_and_is_recorded(
    world: World, operation: str, kind: str, reason: str
) -> None:
    connection_id, _ = _read(world, mode="realtime")
    before = [_holdings(world, account) for account in _accounts(world, connection_id)]
    world.simulator.control.add_fault(operation, kind, times=99)
    _turn(world, connection_id)
    after = [_holdings(world, account) for account in _accounts(world, connection_id)]
    assert [each["version"] for each in after] == [each["version"] for each in before]
    assert [each["freshness"]["fetched_at"] for each in after] == [
        each["freshness"]["fetched_at"] for each in before
    ]
    shown = world.call("GET", f"/v1/connections/{connection_id}").body
    assert shown["status"] == "degraded"
    assert shown["status_reason"] == reason


def test_holdings_that_vanish_are_not_believed_at_once(world: World) -> None:
    connection_id, at_provider = _read(world, mode="realtime", portfolio=["everyday"])
    (account,) = _accounts(world, connection_id)
    held = _holdings(world, account)["positions"]
    (account_id,) = at_provider.account_ids
    world.simulator.control.replace_holdings(account_id, positions=[], balances=[])
    _turn(world, connection_id)
    doubted = _holdings(world, account)
    assert doubted["positions"] == held
    assert doubted["freshness"]["reason"] == "empty_unconfirmed"


def test_before_the_first_load_nothing_is_known(world: World) -> None:
    connection_id, _ = world.link(portfolio=["everyday"])
    world.simulator.control.add_fault("positions", "status", status=503, code="3002", times=99)
    world.work()
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    shown = _holdings(world, account)
    assert shown["version"] is None
    assert shown["positions"] is None
    assert shown["freshness"]["status"] == "pending"
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status_reason"] == (
        "provider_unavailable"
    )
