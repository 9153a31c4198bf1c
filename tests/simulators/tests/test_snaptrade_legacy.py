"""The retired endpoints of the SnapTrade simulator, for customers that still have them."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.simulators.snaptrade.stage import Stage, running_stage

RETIRED = ("/holdings", "/activities", "/accounts/{}/positions", "/accounts/{}/holdings")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


@pytest.fixture
def legacy(stage: Stage) -> Stage:
    stage.control.turn(legacy_endpoints=True)
    return stage


@pytest.mark.parametrize("path", RETIRED)
def test_endpoint_answers_only_when_the_customer_is_old_enough(stage: Stage, path: str) -> None:
    target = path.format(stage.account_id)
    assert stage.call("GET", target).status == 410
    stage.control.turn(legacy_endpoints=True)
    assert stage.call("GET", target).status == 200


def test_user_wide_holdings_carry_the_whole_connection_when_listed(legacy: Stage) -> None:
    (connection,) = legacy.call("GET", "/authorizations").document()
    first, second = legacy.call("GET", "/holdings").document()
    assert first["account"]["id"] == legacy.account_id
    assert first["account"]["brokerage_authorization"] == connection
    fields = {"portfolio_group", "name", "number", "institution_name", "sync_status", "meta"}
    assert fields <= set(first["account"])
    line = first["positions"][0]
    assert line["symbol"]["symbol"]["exchange"]["mic_code"] == "XNAS"
    assert line["symbol"]["symbol"]["type"]["code"] == "cs"
    assert (line["units"], line["price"]) == (Decimal(40), Decimal("88.125"))
    assert line["open_pnl"] == Decimal("1070.20")
    assert first["total_value"] == {"value": Decimal("9159.26"), "currency": "USD"}
    assert second["positions"] == []


def test_user_wide_holdings_are_limited_when_connections_are_named(legacy: Stage) -> None:
    other = legacy.control.add_connection("user-1", portfolio="trader")
    named = legacy.call("GET", "/holdings", brokerage_authorizations=other.connection_id).document()
    assert [item["account"]["id"] for item in named] == other.account_ids


def test_options_are_told_per_contract_when_asked_the_old_way(legacy: Stage) -> None:
    connection = legacy.control.add_connection("user-1", portfolio="trader")
    base = f"/accounts/{connection.account_ids[0]}"
    document = legacy.call("GET", f"{base}/holdings").document()
    assert document["account"]["brokerage_authorization"] == connection.connection_id
    assert document["positions"] == legacy.call("GET", f"{base}/positions").document()
    options = legacy.call("GET", f"{base}/options").document()
    assert document["option_positions"] == options
    assert options[0]["average_purchase_price"] == Decimal(980)
    contract = options[0]["symbol"]["option_symbol"]
    assert (contract["option_type"], contract["strike_price"]) == ("CALL", 240)
    assert contract["underlying_symbol"]["symbol"] == "QARK"
    assert document["orders"] == legacy.call("GET", f"{base}/orders").document()


def test_holdings_come_too_early_when_the_first_sync_is_not_done(legacy: Stage) -> None:
    legacy.control.turn(initial_sync_delay_seconds=3600)
    (account_id,) = legacy.control.add_connection("user-1", portfolio="trader").account_ids
    assert legacy.call("GET", f"/accounts/{account_id}/holdings").outcome() == (425, "3012")
    waiting = legacy.call("GET", "/holdings").document()[-1]
    assert (waiting["positions"], waiting["total_value"]["value"]) == (None, None)


def test_holdings_conflict_when_a_fault_says_so(legacy: Stage) -> None:
    legacy.control.add_fault("account_holdings", "status", status=409, code="1166")
    path = f"/accounts/{legacy.account_id}/holdings"
    assert legacy.call("GET", path).outcome() == (409, "1166")
    assert legacy.call("GET", path).status == 200


def test_connection_is_deleted_at_once_when_asked_the_old_way(legacy: Stage) -> None:
    path = f"/authorizations/{legacy.connection.connection_id}"
    answer = legacy.call("DELETE", path)
    assert (answer.status, answer.text) == (204, "")
    assert legacy.call("GET", path).outcome() == (404, "1011")
    legacy.listener.next("CONNECTION_DELETED")
    legacy.control.turn(legacy_endpoints=False)
    assert legacy.call("DELETE", path).status == 410
