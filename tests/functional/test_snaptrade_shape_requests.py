"""The documented shape: whose holdings are shown to whom, and when they cannot all be shown."""

import json
from typing import Any

import pytest

from freshet.http import all_holdings
from tests.functional.s4 import reference_calls, s4
from tests.functional.world import Answer, World

STRANGER = "user-2"


def _names(answer: Answer) -> list[str]:
    return [each["account"]["name"] for each in answer.body]


def test_one_connection_is_shown_when_it_is_named(world: World) -> None:
    first, _ = world.link(portfolio=["everyday"])
    second, _ = world.link(portfolio=["trader"])
    world.work()
    assert _names(s4(world)) == ["Everyday Individual", "Trader Margin"]
    assert _names(s4(world, first)) == ["Everyday Individual"]
    assert _names(s4(world, second)) == ["Trader Margin"]


def test_account_is_left_out_when_it_is_closed_or_was_never_read(world: World) -> None:
    connection_id, at_provider = world.link(
        mode="realtime", portfolio=["everyday", "trader", "savings"]
    )
    world.work()
    assert set(_names(s4(world))) == {"Everyday Individual", "Trader Margin"}
    world.simulator.control.close_account(at_provider.account_ids[0], announce=False)
    world.call("POST", f"/v1/connections/{connection_id}/refresh")
    world.work()
    assert _names(s4(world)) == ["Trader Margin"]


def test_another_users_connection_does_not_exist(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    theirs = s4(world, connection_id, user_id=STRANGER)
    assert theirs.status == 404
    for nobodys in ("con_" + "b" * 24, "nonsense", ""):
        assert s4(world, nobodys, user_id=STRANGER).body == theirs.body
    assert s4(world, user_id=STRANGER).body == []


def test_connection_at_plaid_is_refused_by_name_and_passed_over_without(world: World) -> None:
    item_id, _ = world.link_item()
    world.work()
    refused = s4(world, item_id)
    assert (refused.status, refused.body["code"]) == (422, "invalid_field")
    assert refused.body["detail"].startswith("connection_id:")
    assert (s4(world).status, s4(world).body) == (200, [])


@pytest.mark.parametrize(("shape", "status"), [("xml", 422), ("", 422)])
def test_shape_must_be_one_that_there_is(world: World, shape: str, status: int) -> None:
    query = {"shape": shape}
    answer = world.call("GET", "/v1/holdings", query=query)
    assert answer.status == status
    assert answer.body["detail"].startswith("shape:")


def test_holdings_need_the_scope_to_read(world: World) -> None:
    answer = world.call(
        "GET", "/v1/holdings", query={"shape": "snaptrade"}, scope="freshet/refresh"
    )
    assert (answer.status, answer.body["code"]) == (403, "missing_scope")


@pytest.mark.sampled(2, by="operation")
@pytest.mark.parametrize("operation", ["list_exchanges", "get_symbol"])
@pytest.mark.parametrize(
    "fault", [{"kind": "status", "status": 503}, {"kind": "html"}, {"kind": "wrong_shape"}]
)
def test_holdings_are_shown_without_what_snaptrade_cannot_tell(
    world: World, operation: str, fault: dict[str, Any]
) -> None:
    world.link(portfolio=["everyday", "trader"])
    world.work()
    world.simulator.control.add_fault(operation, times=0, **fault)
    answer = s4(world)
    assert answer.status == 200
    symbols = [line["symbol"]["symbol"] for each in answer.body for line in each["positions"]]
    assert len(symbols) == 6
    for each in symbols:
        assert set(each["type"]) == {"code"}
        assert ("exchange" in each) is (operation == "get_symbol")
    # One failure is enough for this minute, whoever asks next.
    asked = reference_calls(world)
    assert s4(world).body == answer.body
    assert reference_calls(world) == asked <= 2


def test_large_portfolio_is_refused_with_what_to_ask_for_instead(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, _ = world.link(portfolio=["generated-30"])
    small, _ = world.link(portfolio=["empty"])
    world.work()
    whole = s4(world)
    # What Lambda hands on: the text as a JSON string.
    size = len(json.dumps(whole.text)) - len('"[]"') + 1
    monkeypatch.setattr(all_holdings, "MOST_BYTES", size)
    assert s4(world).text == whole.text
    monkeypatch.setattr(all_holdings, "MOST_BYTES", size - 1)
    refused = s4(world)
    assert (refused.status, refused.body["code"]) == (422, "answer_too_large")
    assert "connection_id" in refused.body["detail"]
    assert _names(s4(world, small)) == ["Empty Individual"]
    monkeypatch.setattr(all_holdings, "MOST_BYTES", 5_000)
    assert "/v1/accounts/{id}/holdings" in s4(world, large).body["detail"]


def test_largest_answer_is_one_that_lambda_hands_on() -> None:
    assert 5_500_000 < all_holdings.MOST_BYTES < 6_291_556
