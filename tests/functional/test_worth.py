"""What accounts are worth beside what is stated, where units times price is not the worth."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.functional.world import World, a_world

# By provider and name: the status of the comparison, its reasons, and the total that is right.
EXPECTED: dict[tuple[str, str], tuple[str, list[str], str]] = {
    ("snaptrade", "Odd Contracts"): ("agrees", [], "2200"),
    ("snaptrade", "Sweep beside Cash"): ("agrees", [], "1300"),
    ("snaptrade", "Bonds in Percent"): ("agrees", [], "5135.75"),
    ("snaptrade", "Bonds per Unit"): ("agrees", [], "10160"),
    ("snaptrade", "Options on Futures"): ("agrees", [], "6250"),
    ("snaptrade", "Futures"): ("agrees", [], "20000"),
    ("snaptrade", "Short Margin"): ("agrees", [], "2743"),
    ("snaptrade", "Fills Individual"): ("agrees", [], "2474.2"),
    ("snaptrade", "Misstated Individual"): ("differs", [], "600"),
    ("snaptrade", "Two Currencies"): ("not_comparable", [], "1485"),
    ("plaid", "Leveraged Margin"): ("agrees", [], "60000"),
    ("plaid", "Leveraged Margin before Debt"): ("agrees", ["stated_before_debt"], "60000"),
    ("plaid", "Leveraged Margin with Cash Line"): ("agrees", [], "60000"),
    ("plaid", "Rollover"): ("agrees", ["cash_not_listed"], "14274.92"),
    ("plaid", "Coin Wallet"): ("differs", [], "4437.36"),
    ("plaid", "Bonds"): ("agrees", [], "15050"),
    ("plaid", "Options with Lots"): ("agrees", [], "8677"),
    ("plaid", "Old Prices"): ("agrees", [], "1488"),
    ("plaid", "Equity Plan"): ("differs", ["unvested"], "2000"),
    ("plaid", "Equity Plan by Vested Shares"): ("agrees", ["unvested"], "2000"),
    ("plaid", "Cash Management"): ("differs", [], "4000"),
    ("plaid", "Other"): ("agrees", [], "1473.5"),
    ("plaid", "Futures"): ("differs", [], "49262.5"),
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch) as built:
        built.link(portfolio="meaning")
        built.link_item(portfolio="meaning")
        built.work()
        yield built


def _accounts(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """Everything the user owns, by provider and name."""
    providers = {
        each["id"]: each["provider"] for each in world.call("GET", "/v1/connections").body["items"]
    }
    portfolio = world.call("GET", "/v1/portfolio", query={"include": "positions"}).body
    return {
        (providers[each["connection_id"]], each["name"]): each for each in portfolio["accounts"]
    }


def _demand_identity(totals: list[dict[str, Any]]) -> None:
    for each in totals:
        positions, cash, debt = (Decimal(each[name]) for name in ("positions", "cash", "debt"))
        assert Decimal(each["total"]) == positions + cash - debt
        for name in ("positions", "cash", "debt", "total"):
            whole, _, places = each[name].partition(".")
            assert len(places) <= 2, each
            assert not places.endswith("0"), each
            assert whole


def test_totals_agree_with_what_is_stated_or_say_why_not(world: World) -> None:
    accounts = _accounts(world)
    found = {
        name: (
            each["reconciliation"]["status"],
            each["reconciliation"]["reasons"],
            each["totals"][0]["total"],
        )
        for name, each in accounts.items()
    }
    assert found == EXPECTED
    for each in accounts.values():
        told = each["reconciliation"]
        if told["status"] == "agrees" and "stated_before_debt" not in told["reasons"]:
            assert Decimal(told["stated"]) == Decimal(told["computed"])
        if told["computed"] is not None:
            difference = Decimal(told["stated"]) - Decimal(told["computed"])
            assert Decimal(told["difference"]) == difference


def test_identity_holds_in_every_answer(world: World) -> None:
    portfolio = world.call("GET", "/v1/portfolio").body
    _demand_identity(portfolio["totals"])
    assert portfolio["reconciliation"]["status"] == "differs"
    unsure = [each for each in portfolio["accounts"] if _is_unsure(each)]
    sums: dict[str, Decimal] = {}
    for account in unsure:
        for total in account["totals"]:
            so_far = sums.get(total["currency"], Decimal(0))
            sums[total["currency"]] = so_far + Decimal(total["total"])
    told = portfolio["reconciliation"]["not_reconciled"]
    assert {each["currency"]: Decimal(each["amount"]) for each in told} == sums
    for account in portfolio["accounts"]:
        _demand_identity(account["totals"])
        path = f"/v1/accounts/{account['id']}"
        holdings = world.call("GET", f"{path}/holdings").body
        assert holdings["totals"] == account["totals"]
        assert holdings["reconciliation"] == account["reconciliation"]
        (version,) = world.call("GET", f"{path}/snapshots").body["items"]
        assert version["totals"] == account["totals"]
        days = world.call("GET", f"{path}/history").body["items"]
        assert days[-1]["totals"] == account["totals"]


def _is_unsure(account: dict[str, Any]) -> bool:
    return bool(account["is_counted"] and account["reconciliation"]["status"] != "agrees")


def test_what_counts_nothing_is_shown_apart(world: World) -> None:
    accounts = _accounts(world)
    (future,) = accounts["snaptrade", "Futures"]["positions"]
    assert (future["value"], future["notional"]) == (None, "60000")
    assert future["instrument"]["multiplier"] == "5"
    (plan,) = accounts["plaid", "Equity Plan"]["positions"]
    assert (plan["units"], plan["value"]) == ("1000", "2000")
    assert (plan["unvested_units"], plan["unvested_value"]) == ("800", "8000")
    assert accounts["plaid", "Cash Management"]["kind"] == "deposit"
    assert accounts["plaid", "Cash Management"]["freshness"]["status"] == "fresh"
    margin = accounts["plaid", "Leveraged Margin with Cash Line"]
    shown = world.call("GET", f"/v1/accounts/{margin['id']}/holdings").body
    (debt,) = shown["debts"]
    assert (debt["amount"], debt["is_in_cash"]) == ("40000", True)
    rollover = accounts["plaid", "Rollover"]
    shown = world.call("GET", f"/v1/accounts/{rollover['id']}/holdings").body
    assert [(each["cash"], each["is_listed"]) for each in shown["balances"]] == [
        ("13055.06", False)
    ]


def test_ids_of_positions_and_instruments_tell_lines_apart(world: World) -> None:
    positions = [line for each in _accounts(world).values() for line in each["positions"]]
    ids = [each["id"] for each in positions]
    assert len(set(ids)) == len(ids)
    instruments = {each["instrument"]["id"]: each["instrument"]["symbol"] for each in positions}
    assert len(instruments) > 15


def test_old_prices_are_told_and_buy_nothing(world: World) -> None:
    freshness = _accounts(world)["plaid", "Old Prices"]["freshness"]
    assert (freshness["status"], freshness["reason"]) == ("ageing", "prices_old")
    assert freshness["prices_as_of"]["oldest"] == "2024-03-01"
    assert not [row for row in world.rows("USER#") if row["SK"]["S"].startswith("LEDGER#")]


def test_operator_decides_what_a_price_is_of_where_nothing_else_can(world: World) -> None:
    connection_id, at_provider = world.link(portfolio=["bonds"], user_id="user-9")
    (account_id,) = at_provider.account_ids
    line = {
        "instrument": {"kind": "bond", "id": "b-1", "symbol": "GRDN", "currency": "CAD"},
        "units": "5000",
        "price": "98.5",
        "currency": "CAD",
    }
    stock = {"instrument": {"kind": "stock", "id": "s-1"}, "units": "1", "currency": "CAD"}
    dollars = {"currency": "USD", "cash": "95.05"}
    world.simulator.control.replace_holdings(
        account_id, positions=[line, stock], balances=[dollars]
    )
    world.work()
    path = f"/v1/connections/{connection_id}/accounts"
    (account,) = world.call("GET", path, user_id="user-9").body["items"]
    holdings = f"/v1/accounts/{account['id']}/holdings"
    before = world.call("GET", holdings, user_id="user-9").body
    bond, share = before["positions"]
    assert (bond["value"], bond["price_basis"]) == (None, None)
    assert "price_basis" in before["reconciliation"]["reasons"]
    event = {
        "operation": "set_price_basis",
        "user_id": "user-9",
        "account_id": account["id"],
        "instrument_id": bond["instrument"]["id"],
        "price_basis": "percent",
    }
    assert world.operate(event | {"instrument_id": "ins_none"})["error"]["code"] == "not_found"
    assert world.operate(event | {"price_basis": "par"})["error"]["code"] == "invalid_field"
    of_share = world.operate(event | {"instrument_id": share["instrument"]["id"]})
    assert of_share["error"]["detail"].startswith("instrument_id")
    assert world.operate(event) == {"account_id": account["id"], "price_basis": "percent"}
    replay = {
        "operation": "replay_webhooks",
        "provider": "snaptrade",
        "provider_connection_id": at_provider.connection_id,
    }
    world.operate(replay)
    world.work()
    bond, _ = world.call("GET", holdings, user_id="user-9").body["positions"]
    assert (bond["value"], bond["price_basis"]) == ("4925", "percent")
