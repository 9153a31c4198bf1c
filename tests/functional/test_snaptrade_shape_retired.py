"""The documented shape from the retired call: what SnapTrade served, to the last digit."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.functional.s4 import digits, reference_calls, s4
from tests.functional.world import World, a_world


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch, legacy_endpoints=True) as built:
        monkeypatch.setenv("SNAPTRADE_RETIRED_HOLDINGS", "yes")
        yield built


def _read(world: World, portfolio: Any) -> Any:
    _, at_provider = world.link(portfolio=portfolio)
    world.work()
    return at_provider


def _of_account(document: dict[str, Any]) -> str:
    return str(document["account"]["id"])


@pytest.mark.parametrize("portfolio", ["complete", "odd", "self-directed"])
def test_every_field_is_what_the_accounts_retired_call_served(world: World, portfolio: str) -> None:
    at_provider = _read(world, portfolio)
    shown = digits(s4(world).text)
    assert shown
    path = f"/authorizations/{at_provider.connection_id}"
    connection = digits(world.ask_snaptrade(at_provider, path))
    for each in shown:
        served = digits(world.ask_snaptrade(at_provider, f"/accounts/{_of_account(each)}/holdings"))
        # The one thing that is said more fully: this call gives the connection's id alone.
        assert served["account"]["brokerage_authorization"] == connection["id"]
        served["account"]["brokerage_authorization"] = connection
        assert each == served


@pytest.mark.parametrize("portfolio", ["complete", "odd"])
def test_every_field_of_the_users_retired_call_is_there_with_its_value(
    world: World, portfolio: str
) -> None:
    at_provider = _read(world, portfolio)
    shown = {_of_account(each): each for each in digits(s4(world).text)}
    served = {
        _of_account(each): each for each in digits(world.ask_snaptrade(at_provider, "/holdings"))
    }
    assert shown
    for account_id, mine in shown.items():
        theirs = served[account_id]
        # The call for one account says more of it.
        mine["account"] = {name: mine["account"][name] for name in theirs["account"]}
        assert mine == theirs


def test_numbers_of_any_length_keep_their_digits(world: World) -> None:
    at_provider = _read(world, ["crypto"])
    text = s4(world).text
    for number in ("0.12345678901234567", "0.00000000000000019", "64210.98765432109876543"):
        assert f":{number}," in text
    (account_id,) = at_provider.account_ids
    assert account_id in text


def test_reference_data_is_asked_for_by_nobody_when_it_was_served(world: World) -> None:
    _read(world, "complete")
    assert s4(world).status == 200
    assert reference_calls(world) == 0


def test_each_account_is_shown_by_the_call_it_was_read_from(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read(world, ["everyday"])
    monkeypatch.setenv("SNAPTRADE_RETIRED_HOLDINGS", "no")
    world.restart()
    _read(world, ["everyday"])
    retired, current = s4(world).body
    assert "orders" in retired
    assert "orders" not in current
    assert {each["symbol"]["local_id"] for each in current["positions"]} == {None}
    assert None not in {each["symbol"]["local_id"] for each in retired["positions"]}
